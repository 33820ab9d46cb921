#include "pypackage/recordings.hpp"

#include <unistd.h>

#include <utility>

namespace prun::pypackage {

void Recordings::add_value(std::uint64_t place, std::string_view value, const detail::AttemptInfo& info) {
  add({place, true, info, std::string(value)});
}

void Recordings::add_failure(std::uint64_t place, bool final, const Failure& failure, const detail::AttemptInfo& info) {
  if (failure.kind == FailureKind::cancelled || failure.kind == FailureKind::worker_start) return;
  add({place, final, info, {}, std::make_unique<Failure>(failure)});
}

void Recordings::add(Record&& record) {
  const std::lock_guard lock(mutex_);
  if (wake_ < 0) return;
  records_.push_back(std::move(record));
  // One byte wakes the writer, which then takes all records. If the pipe is full, the writer has already been woken.
  if (records_.size() == 1) static_cast<void>(::write(wake_, "", 1));
}

std::vector<Recordings::Record> Recordings::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(records_, {});
}

void Recordings::close() {
  const std::lock_guard lock(mutex_);
  wake_ = -1;
  records_.clear();
}

}  // namespace prun::pypackage
