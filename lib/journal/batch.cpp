// See batch.hpp.
#include "journal/batch.hpp"

#include <type_traits>

namespace prun::journal {

static_assert(std::is_trivially_copyable_v<NotedTask> && std::is_trivially_copyable_v<NotedRange> &&
              std::is_trivially_copyable_v<NotedAttempt>);

void Batch::add(const NotedTask& task) {
  put(Kind::task);
  put(task);
  for (const std::string_view text : {task.args, task.kwargs, task.id, task.defect}) put_bytes(text);
}

void Batch::add(const NotedRange& range) {
  put(Kind::range);
  put(range);
}

void Batch::add(const NotedAttempt& attempt) {
  put(Kind::attempt);
  put(attempt);
  put_bytes(attempt.outcome);
}

void Batch::add_input_end(std::uint64_t count) {
  put(Kind::input_end);
  put(count);
}

void Batch::clear() {
  bytes_.clear();
  if (bytes_.capacity() > (std::size_t{8} << 20)) std::string().swap(bytes_);
  files_.clear();
  file_bytes_ = 0;
}

}  // namespace prun::journal
