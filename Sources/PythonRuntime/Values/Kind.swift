/// How an object is laid out. Every object starts with a header word
///
///     kind:8  flags:8  size:16  class:32
///
/// `class` is the offset of its class; of an instance (`.instance`) it is that of its shape, which knows the class. `size` is the number
/// of traced words that follow, for the kinds from `.record` on, and the number of slots inside, for an instance.
/// An instance of a Python subclass of a built-in type has the built-in's kind, the flag `hasDict`, and its `__dict__` (or None)
/// in the last word of its allocation: `Layout.dictIndex`.
package enum Kind: UInt8, Sendable {
  /// No object.
  case none = 0
  /// 1 contents
  case cell
  /// See `PyFunction`.
  case function
  case code
  /// 1 count:32; elements from word 2
  case tuple
  /// 1 count, 2 buffer:32 capacity:32
  case list
  /// See `PyDict`.
  case dict
  case dictTable
  /// See `PySet`; `frozenset` too.
  case set
  case setTable
  /// 1 length:32 hash:32 (0: not yet known); units from word 2, or, with the flag `shared`, 2 buffer:32 offset:32
  case string
  /// 1 length:32; bytes from word 2
  case bytes
  /// 1 length, 2 buffer:32 capacity:32, 3 exports
  case bytearray
  /// 1 count of limbs:32, sign:32 (1 is negative); limbs from word 2
  case int
  /// 1 bits
  case float
  /// 1 real bits, 2 imaginary bits
  case complex
  /// See `PyInstance`.
  case instance
  case shape
  /// See `PyClass`.
  case `class`
  /// See `PyGenerator`: generators, coroutines, asynchronous generators
  case generator
  /// Untraced memory that another object owns.
  case raw
  /// Values that another object owns and traces.
  case buffer

  // Records: `size` words of values.
  /// A record of a type that nothing in the runtime asks for by kind.
  case record
  /// 1 args, 2 traceback, 3 context, 4 cause, 5 suppress context, 6 __dict__ or None, 7 what the type needs (a tuple or None)
  case exception
  /// 1 function, 2 self
  case boundMethod
  /// 1 number of the native function, 2 self or unbound, 3 module name or None, 4 class it was defined in or None
  case native
  /// 1 number of getter, 2 number of setter or None, 3 name, 4 class
  case nativeProperty
  /// 1 name, 2 index of the slot (words), 3 class, 4 doc
  case memberDescriptor
  /// 1 __dict__
  case module
  /// 1 frame, 2 next, 3 word index of the instruction, 4 line
  case traceback
  /// See `PyFrame`.
  case frame
  /// 1 start, 2 stop, 3 step
  case slice
  /// 1 start, 2 stop, 3 step, 4 length
  case range
  /// 1 fget, 2 fset, 3 fdel, 4 doc
  case property
  /// 1 callable, 2 __dict__ or None
  case staticMethod, classMethod
  /// 1 class, 2 object, 3 class of the object
  case `super`
  /// 1 sequence or None at the end, 2 next index
  case listIterator, tupleIterator, stringIterator, bytesIterator, bytearrayIterator, sequenceIterator
  /// 1 next, 2 stop, 3 step: small integers
  case rangeIterator
  /// 1 next, 2 step, 3 left: any integers
  case longRangeIterator
  /// 1 dict or None, 2 next entry, 3 size at the start, 4 what (0 keys, 1 values, 2 items), 5 reversed
  case dictIterator
  /// 1 set or None, 2 next slot, 3 size at the start
  case setIterator
  /// 1 callable, 2 sentinel
  case callIterator
  /// 1 sequence, 2 next index
  case reversedIterator
  /// 1 iterator, 2 next number
  case enumerate
  /// 1 tuple of iterators, 2 strict
  case zip
  /// 1 function, 2 tuple of iterators
  case map
  /// 1 function, 2 iterator
  case filter
  /// 1 which one of module itertools, then what it needs: see `Itertool`
  case itertool
  /// 1 dict
  case dictKeys, dictValues, dictItems
  /// 1 mapping
  case mappingProxy
  /// 1 object, or None when it is gone, 2 callback, 3 hash
  case weakReference
  /// 1 origin, 2 args, 3 parameters or None
  case genericAlias
  /// 1 args
  case unionType
  /// See `PyMemoryView`.
  case memoryview
  /// See `PyArray`.
  case array
  /// 1 generator, 2 value or what is thrown, 3 state
  case asyncGeneratorStep
  /// 1 what `cr_await` of the coroutine waits for
  case coroutineWrapper
  /// 1 __dict__ or None; `object()`
  case plainObject
  /// 1 __dict__: types.SimpleNamespace
  case namespace

  static var last: UInt8 { Kind.namespace.rawValue }

  @inline(__always) package var isRecord: Bool { rawValue >= Kind.record.rawValue }
}

/// The flag byte of an object header.
package enum ObjectFlags {
  /// An instance of a Python subclass of a built-in type; see `Kind`.
  package static let hasDict: UInt64 = 0x01 << 8
  /// `string`: one or two bits of width: 1, 2 or 4 bytes a unit are 0, 1, 2.
  package static let widthShift: UInt64 = 9
  package static let widthMask: UInt64 = 0x3 << 9
  /// `string`: all units are below 128.
  package static let ascii: UInt64 = 0x08 << 8
  package static let interned: UInt64 = 0x10 << 8
  /// `string`: the units lie in a buffer that others may use too.
  package static let shared: UInt64 = 0x20 << 8
  /// `instance`: word 1 is its dict, the slots are not used.
  package static let dictMode: UInt64 = 0x02 << 8
  /// `dict`: word 4 is a value of the subclass's own (the factory of a defaultdict).
  package static let hasExtra: UInt64 = 0x02 << 8
  /// There is a weak reference to it.
  package static let weaklyReferenced: UInt64 = 0x40 << 8
  /// It waits in the list of what is to be finalised. Not for strings, nor the next.
  package static let tracked: UInt64 = 0x10 << 8
  /// Nothing refers to it but a circle of garbage that it is part of.
  package static let circular: UInt64 = 0x20 << 8
  /// Its finaliser has run.
  package static let finalized: UInt64 = 0x80 << 8
}

/// The header word, made.
@inline(__always) package func header(_ kind: Kind, class ref: Ref, size: Int = 0, flags: UInt64 = 0) -> UInt64 {
  UInt64(kind.rawValue) | flags | UInt64(UInt16(truncatingIfNeeded: size)) << 16 | UInt64(ref.offset) << 32
}
