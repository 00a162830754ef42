// PythonBytecode
