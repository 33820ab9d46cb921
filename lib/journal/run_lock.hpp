// The lock of a run on its journal. The run holds it from before it reads the journal until it closes its last connection.
//
// It is an open file description lock (F_OFD_SETLK) on one byte of the database file, far from those that SQLite locks.
// SQLite releases its own locks by a call for the whole file, which also releases other record locks of the process, but not
// this kind. A forked process would share the lock and keep it after the master was killed, so each forked process closes it
// first (pthread_atfork). Thus kill -9 of the master releases it immediately.
#pragma once

#include "sys/fd.hpp"

namespace prun::journal {

class RunLock {
 public:
  RunLock() = default;
  /// @param file is closed together with the lock, after the last connection to the database, because closing it releases
  /// the locks of the connections
  explicit RunLock(sys::Fd file);
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;
  RunLock& operator=(RunLock&& other) noexcept;
  ~RunLock();

  /// Returns false if another process has it. @throws std::system_error if the file cannot be locked
  [[nodiscard]] bool take();
  /// Returns true if another process has it. Also works with a file that is open for reading only.
  [[nodiscard]] bool taken_by_another() const noexcept;
  [[nodiscard]] int fd() const noexcept { return file_.get(); }

 private:
  sys::Fd file_;
};

}  // namespace prun::journal
