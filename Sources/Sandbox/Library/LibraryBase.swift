import PythonRuntime

/// The base image that workers begin with.
package enum LibraryBase {
  /// The image kept in a folder, built there if need be; nil when the library's package is missing, or in a build for
  /// development, which would take minutes to make one. Then there are the built-in modules only.
  package static func image(folder: String?) -> BaseImage? {
    guard LocalInterpreter.buildsImages, let folder, let cache = BaseImageCache(folder: folder) else { return nil }
    return cache.image(report: LibraryProgress().show)
  }
}
