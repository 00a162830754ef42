import Dispatch
import Glibc
import PythonInterpreter
import PythonRuntime
import Synchronization

/// The folder in which base images are kept, so that each is built once: for one program and one state of the library. One that is
/// damaged, or of another program or library, is built again.
package struct BaseImageCache: Sendable {
  private let folder: String
  /// Whether a file that was found whole is taken as it is until somebody writes to it: to read all of it takes longer than
  /// a short program does.
  private let trustsChecked: Bool
  private let library: LibraryFolder
  private let key: UInt64

  /// How many images of other builds stay beside the one in use.
  private static let keptFiles = 4

  /// Nil when the library's package is not installed.
  package init?(folder: String, trustsChecked: Bool = false) {
    guard let library = LibraryFolder.find() else { return nil }
    self.folder = folder
    self.trustsChecked = trustsChecked
    self.library = library
    var key: UInt64 = 0xCBF2_9CE4_8422_2325
    let names = ["/proc/self/exe", library.path, library.path + "/os.py", library.path + "/collections/__init__.py"]
    for word in names.flatMap({ Files.identity($0) ?? [0] }) + library.path.utf8.map(UInt64.init) {
      key = (key ^ word) &* 0x0000_0100_0000_01B3
      key ^= key >> 31
    }
    self.key = key
  }

  /// The cache for programs that one person runs by hand, in the environment's cache folder or the home folder's; nil when there is none.
  package static var personal: BaseImageCache? {
    let own = Files.environment("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    let folder = own ?? Files.environment("HOME").map { $0 + "/.cache" }
    return folder.flatMap { BaseImageCache(folder: $0 + "/cellar", trustsChecked: true) }
  }

  private var path: String { "\(folder)/base-\(String(key, radix: 16)).image" }
  /// Holds the identity that the image had when it was found whole.
  private static func note(of image: String) -> String { image + ".checked" }

  /// What happens while an image is made.
  package enum Event: Sendable {
    case compiled(Int, of: Int)
    case executing
    case failed(module: String, traceback: String)
    case built(bytes: Int)
  }

  /// The image in use, built if need be while `report` is told. Nil when it can neither be read nor made.
  package func image(report: @escaping @Sendable (Event) -> Void) -> BaseImage? {
    if let known = open() { return known }
    guard Files.makeFolder(folder) else { return nil }
    return locked {
      // Another process may have built it meanwhile.
      if let known = open() { return known }
      guard let bytes = build(report), Files.write(bytes, to: path) else { return nil }
      removeOld()
      return open()
    }
  }

  private func open() -> BaseImage? {
    guard let descriptor = Files.open(path) else { return nil }
    let identity = trustsChecked ? Files.identity(path).map { Array("\($0)".utf8) } : nil
    let isChecked = identity != nil && Files.read(Self.note(of: path)) == identity
    guard let image = try? BaseImage(descriptor: descriptor, verifies: !isChecked), image.builderKey == key else {
      return nil
    }
    if let identity, !isChecked { _ = Files.write(identity, to: Self.note(of: path)) }
    return image
  }

  /// Runs the body while no other process builds in this folder.
  private func locked(_ body: () -> BaseImage?) -> BaseImage? {
    // SAFETY: the path lives during the call.
    let descriptor = unsafe Glibc.open(folder + "/base.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return body() }
    defer { close(descriptor) }
    flock(descriptor, LOCK_EX)
    return body()
  }

  private func build(_ report: @escaping @Sendable (Event) -> Void) -> [UInt8]? {
    let names = library.names()
    let state = Mutex((modules: [CompiledModule?](repeating: nil, count: names.count), done: 0))
    let library = self.library
    DispatchQueue.concurrentPerform(iterations: names.count) { index in
      let module = library.source(of: names[index]).flatMap { CompiledModule(name: names[index], source: $0) }
      let done = state.withLock {
        $0.modules[index] = module
        $0.done += 1
        return $0.done
      }
      report(.compiled(done, of: names.count))
    }
    report(.executing)
    let modules = state.withLock { $0.modules.compactMap { $0 } }
    var outcome: BaseImageBuilder.Outcome?
    let key = self.key
    _ = InterpreterThread.run { outcome = BaseImageBuilder.build(modules, key: key) }
    guard let outcome else { return nil }
    for failure in outcome.failures { report(.failed(module: failure.name, traceback: failure.traceback)) }
    report(.built(bytes: outcome.bytes.count))
    return outcome.bytes
  }

  /// Keeps the images that were changed last.
  private func removeOld() {
    let files = Files.entries(of: folder).filter { $0.hasPrefix("base-") && $0.hasSuffix(".image") }
      .map { "\(folder)/\($0)" }
      .map { (path: $0, time: Files.identity($0).map { $0[3] } ?? 0) }
      .sorted { $0.time > $1.time }
    for file in files.dropFirst(BaseImageCache.keptFiles + 1) where file.path != path {
      Files.remove(file.path)
      Files.remove(Self.note(of: file.path))
    }
  }
}
