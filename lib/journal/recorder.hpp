// The thread that writes the notes of a run into its journal. The run adds to one batch while the other one is being
// written:
//
//   the run's thread   -- add -->  filling  -- swap -->  writing  -- commit, fsync -->  the journal     the recorder's thread
//
// A batch is written 40 ms after its first entry, or earlier if it is large. So notes are durable within 100 ms if the disk
// is fast enough. If it is not, `add` waits when the batch has reached its maximum size, so memory is bounded. After an
// error it writes nothing more and drops new notes. It is also an error if the journal was deleted or replaced, which is
// checked after each batch.
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
  /// Says what has happened to the journal if it is displaced. Called from the recorder's thread.
  using Displaced = std::function<std::optional<std::string>()>;

  /// @param writer must outlive it; used by its thread from `start` to `finish`
  Recorder(BatchWriter& writer, Displaced displaced);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder() { finish(); }

  void start();
  /// Adds a note: a NotedTask, NotedRange or NotedAttempt.
  template <class Noted>
  void add(const Noted& noted) {
    const auto lock = room();
    filling_.add(noted);
    added();
  }
  /// @param list as in Batch
  void add_input_end(std::uint64_t count, std::vector<TaskList::Segment> list = {}) {
    const auto lock = room();
    filling_.add_input_end(count, std::move(list));
    added();
  }
  void add(MadeTask made) {
    const auto lock = room();
    filling_.add(std::move(made));
    added();
  }
  /// An attempt and the files that contain its outputs.
  void add(NotedAttempt attempt, std::vector<OutputFile> files);

  /// Returns when all notes are written, or have failed.
  void flush();
  /// The same, and then ends the thread.
  void finish();

  /// Why nothing can be written any more. Call it when `failed()` is true, or after `finish`.
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
  std::condition_variable something_;  ///< there is something to write, or the thread must end
  std::condition_variable written_;    ///< a batch has been taken, or is finished
  Batch filling_;                      ///< guarded by mutex_, like all members below
  bool gathering_ = false;             ///< there is something, and the thread waits for more
  bool busy_ = false;                  ///< a batch is being written
  bool hurried_ = false;               ///< a caller waits for `filling_` to be written
  bool ending_ = false;
  std::optional<std::string> error_;

  Batch writing_;  ///< used only by the recorder's thread
  std::thread thread_;
};

}  // namespace prun::journal
