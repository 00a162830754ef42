print("cellar")
