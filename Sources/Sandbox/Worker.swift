import CSandbox
import Glibc

/// The inside of a worker process: it gives up what it will not need, then runs snippets, each in an instance of its
/// own, until its broker closes the channel.
package enum Worker {
  /// Never returns; whatever ends the process ends only this worker.
  package static func serve() -> Never {
    keepFreedMemory()
    // Before the host is out of sight: what the image needs of it is opened with it.
    let base = WorkerProcess.baseImage()
    var lockIn = LockIn()
    lockIn.leaveTheHost()
    var status: Int32 = 1
    let inner = lockIn
    _ = InterpreterThread.run {
      guard let page = SharedPage(mapping: WorkerProcess.pageDescriptor) else { return }
      close(WorkerProcess.pageDescriptor)
      let loop = WorkerLoop(channel: Channel(descriptor: WorkerProcess.channelDescriptor), page: page, base: base)
      loop.warmUp()
      var lockIn = inner
      status = loop.run(lockIn.finish())
    }
    exit(status)
  }

  /// What one run needed and freed, a recording or an answer, the next one needs again: it would get it page by page from the kernel each time.
  private static func keepFreedMemory() {
    let kept: Int32 = 32 << 20
    mallopt(M_MMAP_THRESHOLD, kept)
    mallopt(M_TRIM_THRESHOLD, kept)
  }
}
