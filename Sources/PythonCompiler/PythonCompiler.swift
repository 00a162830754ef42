// PythonCompiler
