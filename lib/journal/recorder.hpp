// The thread that writes what a run notes into its journal, off the run's own path. The run adds to one batch while the other
// is being written:
//
//   the run's thread   -- add -->  filling  -- swap -->  writing  -- commit, fsync -->  the journal     the recorder's thread
//
// A batch is taken 40 ms after its first entry, or when it is large, whichever is first, so that what is noted is durable within
// 100 ms where the disk keeps up. Where it does not, `add` waits once a batch's most is filled: memory stays bounded.
// After an error nothing more is written, and what comes is dropped. An error is also that the journal was deleted or replaced:
// it is looked for behind each batch.
#pragma once

#include "journal/batch.hpp"
#include "journal/batch_writer.hpp"
#include "sys/fd.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace prun::journal {

class Recorder {
 public:
  /// What has become of the journal, if it is no longer where it was. Is called from the recorder's thread.
  using Displaced = std::function<std::optional<std::string>()>;

  /// @param writer must outlive it; is used by its thread from `start` to `finish`
  Recorder(BatchWriter& writer, Displaced displaced);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder() { finish(); }

  void start();
  /// Notes something: a NotedTask, NotedRange, NotedAttempt.
  template <class Noted>
  void add(const Noted& noted) {
    const auto lock = room();
    filling_.add(noted);
    added();
  }
  void add_input_end(std::uint64_t count) {
    const auto lock = room();
    filling_.add_input_end(count);
    added();
  }
  /// An attempt, and the files that hold its outputs.
  void add(NotedAttempt attempt, std::vector<OutputFile> files);

  /// Returns when all that was noted is written, or has failed.
  void flush();
  /// The same, and ends the thread.
  void finish();

  /// Why nothing can be written any more. To be asked when `failed()` is true, or after `finish`.
  [[nodiscard]] std::optional<std::string> error() const;
  [[nodiscard]] bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  /// Readable once it has failed.
  [[nodiscard]] int fd() const noexcept { return failure_event_.get(); }

 private:
  [[nodiscard]] std::unique_lock<std::mutex> room();
  void added();
  void loop();
  void write_batch(std::unique_lock<std::mutex>& lock);
  void fail(const std::string& why);

  BatchWriter* writer_;
  Displaced displaced_;
  sys::Fd failure_event_;
  std::atomic<bool> failed_{false};

  mutable std::mutex mutex_;
  std::condition_variable something_;  ///< to write, or to end for
  std::condition_variable written_;    ///< a batch has been taken, or is done with
  Batch filling_;                      ///< guarded by mutex_, as all below
  bool gathering_ = false;             ///< there is something, and more is waited for
  bool busy_ = false;                  ///< a batch is being written
  bool hurried_ = false;               ///< somebody waits for `filling_` to be written
  bool ending_ = false;
  std::optional<std::string> error_;

  Batch writing_;  ///< the recorder's thread alone
  std::thread thread_;
};

}  // namespace prun::journal
