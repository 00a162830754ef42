import PythonRuntime

/// The base image that workers begin with.
package enum LibraryBase {
  /// The image kept in a folder, built there if need be; nil when the library's package is missing, or in a build for
  /// development, which would take minutes to make one. Then there are the built-in modules only.
  package static func image(folder: String) -> BaseImage? { image(BaseImageCache(folder: folder)) }

  /// The image for programs that one person runs by hand.
  package static var personal: BaseImage? { image(BaseImageCache.personal) }

  private static func image(_ cache: @autoclosure () -> BaseImageCache?) -> BaseImage? {
    LocalInterpreter.buildsImages ? cache()?.image(report: LibraryProgress().show) : nil
  }
}
