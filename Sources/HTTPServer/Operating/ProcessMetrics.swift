extension MetricsRegistry {
  /// Adds what Prometheus expects of every process: its processor time, memory, descriptors and start.
  package func addProcessMetrics() {
    let startedAt = Double(Machine.realTimeNanoseconds() / 1_000_000) / 1000
    reading("process_start_time_seconds", help: "When the process started, in seconds since 1970.") { startedAt }
    reading("process_cpu_seconds_total", type: "counter", help: "User and system time used.") {
      Machine.processorSeconds()
    }
    reading("process_resident_memory_bytes", help: "Memory that is resident.") {
      let fields = (FileReading.bytes("/proc/self/statm", atMost: 4096) ?? []).split(separator: 0x20)
      guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return .nan }
      return Double(pages * Machine.pageBytes)
    }
    reading("process_open_fds", help: "Descriptors that are open.") {
      // The directory's own descriptor is among them.
      Double(max(0, FileReading.names(in: "/proc/self/fd").count - 1))
    }
  }
}
