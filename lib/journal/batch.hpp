// The notes of a run as bytes, on their way from the run's thread to the recorder's thread. Adding costs one copy. Small
// tasks, and attempts with a small value, which are nearly all, have their own lists, so that many can be written at once.
// It does not know databases.
#pragma once

#include "journal/once.hpp"
#include "journal/task_list.hpp"
#include "sys/fd.hpp"
#include "task/range.hpp"
#include "task/task.hpp"

#include <prun/detail/job.hpp>

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun {
class Function;
}

namespace prun::journal {

/// A file that contains a command's output (command/spilled_files.hpp).
struct OutputFile {
  const char* what;  ///< "stdout" or "stderr"
  sys::Fd file;
  off_t offset = 0;
  std::uint64_t size = 0;
};

struct NotedTask {
  std::uint64_t index = 0;
  const Function* function = nullptr;
  std::string_view args;
  std::string_view kwargs;
  std::string_view id;
  std::string_view defect;
};

struct NotedRange {
  std::uint64_t first_index = 0;
  const Function* function = nullptr;
  IntRange range;
};

struct NotedAttempt {
  std::uint64_t index = 0;
  detail::AttemptInfo info;
  bool final = true;
  bool failed = false;
  std::string_view outcome;  ///< a value, or a failure as in wire/failure.hpp
  std::string_view host;     ///< of a run on several machines
  std::uint32_t files = 0;   ///< number of the batch's next files that are its outputs
};

/// Larger values are not stored in a row.
inline constexpr std::size_t largest_in_row = std::size_t{256} * 1024;

/// Records of one kind, one after another.
template <class Noted>
class NotedList {
 public:
  void add(const Noted& noted);
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.size(); }
  void clear();

  /// Reads them in order. Views stay valid until the list is changed.
  class Reader {
   public:
    explicit Reader(const NotedList& list) noexcept : rest_(list.bytes_) {}
    /// Returns false if there is no other.
    bool next(Noted& noted);

   private:
    std::string_view rest_;
  };

 private:
  std::string bytes_;
};

class Batch {
 public:
  void add(const NotedTask& task);
  void add(const NotedRange& range) { ranges_.add(range); }
  void add(const NotedAttempt& attempt);
  void add_input_end(std::uint64_t count, std::vector<TaskList::Segment> list) {
    input_count_ = count;
    list_ = std::move(list);
  }
  void add(MadeTask made) {
    made_bytes_ += sizeof made + made.inputs.size() * (sizeof(FileState) + 100);
    made_.push_back(std::move(made));
  }
  void add(OutputFile file) {
    file_bytes_ += file.size;
    files_.push_back(std::move(file));
  }

  [[nodiscard]] bool empty() const noexcept { return size() == 0 && !input_count_; }
  /// Size in memory, and of files that have not been read.
  [[nodiscard]] std::uint64_t size() const noexcept;
  void clear();

  [[nodiscard]] const NotedList<NotedTask>& tasks() const noexcept { return tasks_; }
  [[nodiscard]] const NotedList<NotedTask>& large_tasks() const noexcept { return large_tasks_; }
  [[nodiscard]] const NotedList<NotedRange>& ranges() const noexcept { return ranges_; }
  /// Attempts with a value that fits a row.
  [[nodiscard]] const NotedList<NotedAttempt>& values() const noexcept { return values_; }
  /// All other attempts.
  [[nodiscard]] const NotedList<NotedAttempt>& other_attempts() const noexcept { return other_attempts_; }
  [[nodiscard]] std::optional<std::uint64_t> input_count() const noexcept { return input_count_; }
  /// The tasks of the input, if it is not the recorded tasks in order; known together with `input_count`.
  [[nodiscard]] const std::vector<TaskList::Segment>& list() const noexcept { return list_; }
  /// The functions of `tasks()`, each at least once.
  [[nodiscard]] const std::vector<const Function*>& functions() const noexcept { return functions_; }
  [[nodiscard]] const std::vector<MadeTask>& made() const noexcept { return made_; }
  [[nodiscard]] std::vector<OutputFile>& files() noexcept { return files_; }

 private:
  NotedList<NotedTask> tasks_;
  NotedList<NotedTask> large_tasks_;
  NotedList<NotedRange> ranges_;
  NotedList<NotedAttempt> values_;
  NotedList<NotedAttempt> other_attempts_;
  std::optional<std::uint64_t> input_count_;
  std::vector<TaskList::Segment> list_;
  std::vector<const Function*> functions_;
  std::vector<OutputFile> files_;
  std::uint64_t file_bytes_ = 0;
  std::vector<MadeTask> made_;
  std::uint64_t made_bytes_ = 0;
};

}  // namespace prun::journal
