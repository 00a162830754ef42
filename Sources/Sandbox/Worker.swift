import Glibc

/// The inside of a worker process: it gives up what it will not need, then runs snippets, each in an instance of its
/// own, until its broker closes the channel.
package enum Worker {
  /// Never returns; whatever ends the process ends only this worker.
  package static func serve() -> Never {
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
}
