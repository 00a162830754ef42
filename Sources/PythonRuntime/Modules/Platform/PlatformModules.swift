/// Small modules that CPython's own ask for, with nothing much behind them here.
enum PlatformModules {
  static let all = [ErrnoModule.module, PosixModule.module, signal, locale, tracemalloc]

  /// There are no signals; their numbers and names are known.
  private static let signal = NativeModule(
    "_signal",
    [
      NativeFunction("getsignal", "signalnum, /", { (_, _) throws(Unwind) in .zero }),
      NativeFunction("signal", "signalnum, handler, /", { (_, _) throws(Unwind) in .zero }),
      NativeFunction("default_int_handler", "signum, frame, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.keyboardInterrupt, arguments: [])
      }),
      NativeFunction("set_wakeup_fd", "fd, *, warn_on_full_buffer=True", { (_, _) throws(Unwind) in Value(small: -1) }),
      NativeFunction("siginterrupt", "signalnum, flag, /", { (_, _) throws(Unwind) in .none }),
      NativeFunction("strsignal", "signalnum, /", { (_, _) throws(Unwind) in .none }),
      NativeFunction("valid_signals", "", { (vm, _) throws(Unwind) in try vm.newSet() }),
    ]
  ) { (vm, dict) throws(Unwind) in
    for (name, number) in [
      ("SIG_DFL", 0), ("SIG_IGN", 1), ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGABRT", 6), ("SIGKILL", 9),
      ("SIGUSR1", 10), ("SIGSEGV", 11), ("SIGUSR2", 12), ("SIGPIPE", 13), ("SIGALRM", 14), ("SIGTERM", 15),
      ("SIGCHLD", 17), ("NSIG", 65),
    ] {
      try dict.set(name: vm.intern(name), Value(small: number))
    }
  }

  /// The C locale.
  private static let locale = NativeModule(
    "_locale",
    [
      NativeFunction("setlocale", "category, locale=None, /", { (vm, a) throws(Unwind) in
        guard a[1].isNone || vm.isString(a[1]) && ["", "C", "POSIX", "C.UTF-8"].contains(vm.text(a[1])) else {
          let error = try vm.getAttribute(vm.loadModule("_locale"), vm.intern("Error"))
          throw vm.raise(try vm.call(error, vm.newString("unsupported locale setting")))
        }
        return try vm.newString("C")
      }),
      NativeFunction("localeconv", "", localeConventions),
      NativeFunction("strcoll", "os1, os2, /", { (vm, a) throws(Unwind) in
        guard vm.isString(a[0]), vm.isString(a[1]) else { throw vm.raise(.typeError, "strcoll() argument must be str") }
        return Value(small: vm.compareStrings(a[0], a[1]).signum())
      }),
      NativeFunction("strxfrm", "string, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("getencoding", "", { (vm, _) throws(Unwind) in try vm.newString("utf-8") }),
      NativeFunction("nl_langinfo", "key, /", { (vm, _) throws(Unwind) in try vm.newString("") }),
    ]
  ) { (vm, dict) throws(Unwind) in
    let categories = ["LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_ALL"]
    for (number, name) in categories.enumerated() { try dict.set(name: vm.intern(name), Value(small: number)) }
    try dict.set(name: vm.intern("CHAR_MAX"), Value(small: 127))
    let namespace = try vm.newDict()
    try PyDict(vm, namespace).set(name: vm.name(.module), vm.intern("locale"))
    let bases = try vm.newTuple(Value(vm.type(.exception)))
    try dict.set(
      name: vm.intern("Error"), vm.call(Value(vm.type(.type)), vm.newString("Error"), bases, namespace))
  }

  private static func localeConventions(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let result = try vm.newDict()
    let dict = PyDict(vm, result)
    try dict.set(name: vm.intern("decimal_point"), vm.newString("."))
    for name in [
      "thousands_sep", "int_curr_symbol", "currency_symbol", "mon_decimal_point", "mon_thousands_sep", "positive_sign",
      "negative_sign",
    ] {
      try dict.set(name: vm.intern(name), vm.newString(""))
    }
    for name in ["grouping", "mon_grouping"] { try dict.set(name: vm.intern(name), vm.newList()) }
    for name in [
      "int_frac_digits", "frac_digits", "p_cs_precedes", "p_sep_by_space", "n_cs_precedes", "n_sep_by_space",
      "p_sign_posn", "n_sign_posn",
    ] {
      try dict.set(name: vm.intern(name), Value(small: 127))
    }
    return result
  }

  /// Allocations are not traced.
  private static let tracemalloc = NativeModule(
    "_tracemalloc",
    [
      NativeFunction("is_tracing", "", { (_, _) throws(Unwind) in .false }),
      NativeFunction("start", "nframe=1, /", { (_, _) throws(Unwind) in .none }),
      NativeFunction("stop", "", { (_, _) throws(Unwind) in .none }),
      NativeFunction("clear_traces", "", { (_, _) throws(Unwind) in .none }),
      NativeFunction("reset_peak", "", { (_, _) throws(Unwind) in .none }),
      NativeFunction("get_traceback_limit", "", { (_, _) throws(Unwind) in Value(small: 1) }),
      NativeFunction("get_tracemalloc_memory", "", { (_, _) throws(Unwind) in .zero }),
      NativeFunction("get_traced_memory", "", { (vm, _) throws(Unwind) in
        try vm.newTuple(Value(small: vm.usedBytes), Value(small: vm.usedBytes))
      }),
      NativeFunction("_get_traces", "", { (vm, _) throws(Unwind) in try vm.newList() }),
      NativeFunction("_get_object_traceback", "obj, /", { (_, _) throws(Unwind) in .none }),
    ])
}
