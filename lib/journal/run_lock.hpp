// The lock that a run holds on its journal, from before it looks at it until its last connection is closed.
//
// It is an open file description lock (F_OFD_SETLK) on one byte of the database file, far from those that SQLite locks: SQLite
// gives up its own, and with them any other record lock of the process, by one call for the whole file, which does not touch
// this kind. A forked process would share it and, in outliving a killed master, keep it: each forked process closes it first
// of all (pthread_atfork). So kill -9 of the master ends it at once.
#pragma once

#include "sys/fd.hpp"

namespace prun::journal {

class RunLock {
 public:
  RunLock() = default;
  /// @param file as it is; it is closed with the lock, which must be after the last connection to it: its closing would end
  /// their locks
  explicit RunLock(sys::Fd file);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  RunLock& operator=(RunLock&& other) noexcept;
  ~RunLock();

  /// False: another process has it. @throws std::system_error where the file cannot be locked
  [[nodiscard]] bool take();
  /// Another process has it. Works with a file that is open for reading only.
  [[nodiscard]] bool taken_by_another() const noexcept;
  [[nodiscard]] int fd() const noexcept { return file_.get(); }

 private:
  sys::Fd file_;
};

}  // namespace prun::journal
