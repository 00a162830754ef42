/// A run that was recorded, with checkpoints on its way, so that any moment of it can be reached again in the same instance.
package final class Rehearsal {
  private let instance: Instance
  package let recorder: Recorder
  /// What the first passage recorded: all but values.
  package private(set) var recording = Recording()
  package private(set) var stepCount = 0
  /// The last step is not one of the program's, but where a limit ended it.
  private var endsAtLimit = false
  private var checkpoints: [Checkpoint] = []
  /// The instance after the run.
  private var end: Checkpoint?
  private var stepDistance = 32_768
  private var tickDistance = 1 << 20
  private static let mostCheckpoints = 96

  private var vm: VM { instance.vm }

  /// Of what will run in `instance`, with at most so many steps recorded.
  package init(_ instance: Instance, recordedSteps: Int) {
    self.instance = instance
    recorder = Recorder()
    recorder.window = 1..<max(1, recordedSteps) + 1
    instance.host.recorder = recorder
    recorder.onCheckpoint = { [unowned self] vm in leaveCheckpoint(vm) }
  }

  /// Of an instance at rest whose last run nobody watched.
  package init(unwatched instance: Instance) {
    self.instance = instance
    recorder = Recorder()
  }

  /// Called when the run has ended, before anything else happens in the instance.
  package func finish(wasLimited: Bool) {
    endsAtLimit = recorder.finish(vm, wasLimited: wasLimited)
    if recorder.change != nil, !recorder.at.hasChanged { recorder.changeFailure = .notReached }
    recording = recorder.recording
    stepCount = recorder.stepCount
    recorder.onCheckpoint = nil
    watch(false)
  }

  /// Called when the result was made: the instance is at rest.
  package func rest() {
    var position = recorder.at
    position.stack = []
    recorder.at = position
    end = Checkpoint(vm, after: checkpoints.last, position: position, isAtStep: false)
  }

  private func watch(_ isOn: Bool) {
    vm.closeJournal()
    instance.host.recorder = isOn ? recorder : nil
    vm[.isObserved] = isOn ? 1 : 0
    // What else the machine attends to is as the checkpoint has it.
    vm[.wantedLoop] = isOn || vm[.isAttentive] != 0 ? 1 : 0
  }

  private func leaveCheckpoint(_ vm: VM) {
    defer { recorder.nextCheckpoint = recorder.stepCount + 1 + min(stepDistance, 4096) }
    if let last = checkpoints.last {
      let isFar = recorder.stepCount - last.steps >= stepDistance || vm.ticksUsed - last.ticks >= tickDistance
      guard isFar else { return }
    }
    checkpoints.append(Checkpoint(vm, after: checkpoints.last, position: recorder.at, isAtStep: true))
    guard checkpoints.count > Rehearsal.mostCheckpoints else { return }
    checkpoints = checkpoints.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    stepDistance *= 2
    tickDistance *= 2
  }

  // MARK: Going back

  /// Runs `look` with the instance as it was at a step; answers whether it was reached. Where a limit ended the run, that is how it was at
  /// the step before.
  package func visit(step: Int, _ look: @escaping (VM) -> Void) -> Bool {
    let target = endsAtLimit && step == stepCount ? step - 1 : step
    guard target >= 1, step <= stepCount, let start = checkpoint(before: target) else { return false }
    var isReached = false
    replay(from: start, window: target..<target + 1) { recorder in
      recorder.target = target
      recorder.onTarget = { vm in
        isReached = true
        look(vm)
      }
    }
    return isReached
  }

  /// Records steps anew, with their values; `onStart` is called with the instance as it was at the first of them.
  package func record(_ steps: Range<Int>, onStart: @escaping (VM) -> Void = { _ in }) -> Recording {
    guard !steps.isEmpty, let start = checkpoint(before: steps.lowerBound) else { return Recording() }
    replay(from: start, window: steps) { recorder in
      recorder.onWindow = onStart
      // What a limit ended ends there again, or at the latest before it would go on.
      if endsAtLimit, steps.upperBound > stepCount {
        recorder.lastStep = stepCount - 1
      } else {
        recorder.target = steps.upperBound - 1
      }
    }
    return recorder.recording
  }

  /// Runs `look` with the instance as it is after the run.
  @discardableResult package func visitEnd<Seen>(_ look: (VM) -> Seen) -> Seen {
    if let end {
      end.restore(vm)
      recorder.at = end.position
      recorder.forgetPlaces()
    }
    return look(vm)
  }

  private func checkpoint(before step: Int) -> Checkpoint? {
    checkpoints.last { $0.steps < step } ?? checkpoints.first
  }

  private func replay(from start: Checkpoint, window: Range<Int>, _ prepare: (Recorder) -> Void) {
    start.restore(vm)
    recorder.begin(at: start.position, window: window)
    prepare(recorder)
    watch(true)
    let write = instance.host.write
    instance.host.write = { _, _ in }
    defer {
      instance.host.write = write
      watch(false)
    }
    vm[.suspendsSlices] = 0
    vm[.suspendRequested] = 0
    // How the run ends was seen the first time.
    _ = try? vm.continueMain()
    recorder.finish(vm, wasLimited: true)
  }
}
