// PythonInterpreter
