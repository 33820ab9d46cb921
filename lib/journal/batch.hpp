// What is noted of a run, as bytes in the order in which it happened, on its way from the run's thread to the journal's.
// Writing it costs a copy. It knows no database.
#pragma once

#include "sys/fd.hpp"
#include "task/range.hpp"
#include "task/task.hpp"

#include <prun/detail/job.hpp>

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun {
class Function;
}

namespace prun::journal {

/// A file that a command's output is in, instead of the bytes (command/spilled_files.hpp).
struct OutputFile {
  const char* what;  ///< "stdout" or "stderr"
  sys::Fd file;
  off_t offset = 0;
  std::uint64_t size = 0;
};

struct NotedTask {
  std::uint64_t index;
  const Function* function;
  std::string_view args;
  std::string_view kwargs;
  std::string_view id;
  std::string_view defect;
};

struct NotedRange {
  std::uint64_t first_index;
  const Function* function;
  IntRange range;
};

struct NotedAttempt {
  std::uint64_t index;
  detail::AttemptInfo info;
  bool final;
  bool failed;
  std::string_view outcome;  ///< a value, or a failure as wire/failure.hpp encodes it
  std::uint32_t files = 0;   ///< so many of the batch's next files are its outputs
};

class Batch {
 public:
  void add(const NotedTask& task);
  void add(const NotedRange& range);
  void add(const NotedAttempt& attempt);
  void add_input_end(std::uint64_t count);
  void add(OutputFile file) {
    file_bytes_ += file.size;
    files_.push_back(std::move(file));
  }

  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  /// Of memory, and of files that wait to be read.
  [[nodiscard]] std::uint64_t size() const noexcept { return bytes_.size() + file_bytes_; }
  [[nodiscard]] std::vector<OutputFile>& files() noexcept { return files_; }
  void clear();

  /// Calls `visitor` with each thing noted, in order.
  template <class Visitor>
  void visit(Visitor&& visitor) const;

 private:
  enum class Kind : std::uint8_t { task, range, attempt, input_end };

  class Reader;
  template <class T>
  void put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void put_bytes(std::string_view bytes) {
    put<std::uint64_t>(bytes.size());
    bytes_.append(bytes);
  }

  std::string bytes_;
  std::vector<OutputFile> files_;
  std::uint64_t file_bytes_ = 0;
};

/// Takes back what `put` and `put_bytes` have written.
class Batch::Reader {
 public:
  explicit Reader(std::string_view bytes) noexcept : rest_(bytes) {}
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  template <class T>
  T take() {
    T value;
    std::char_traits<char>::copy(reinterpret_cast<char*>(&value), rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view take_bytes() {
    const auto size = take<std::uint64_t>();
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

 private:
  std::string_view rest_;
};

template <class Visitor>
void Batch::visit(Visitor&& visitor) const {
  for (Reader reader(bytes_); !reader.at_end();) {
    switch (reader.take<Kind>()) {
      case Kind::task: {
        auto task = reader.take<NotedTask>();
        for (std::string_view* text : {&task.args, &task.kwargs, &task.id, &task.defect}) *text = reader.take_bytes();
        visitor(task);
        break;
      }
      case Kind::range: visitor(reader.take<NotedRange>()); break;
      case Kind::attempt: {
        auto attempt = reader.take<NotedAttempt>();
        attempt.outcome = reader.take_bytes();
        visitor(attempt);
        break;
      }
      case Kind::input_end: visitor(reader.take<std::uint64_t>()); break;
    }
  }
}

}  // namespace prun::journal
