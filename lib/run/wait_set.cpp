#include "run/wait_set.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>

namespace prun {

void WaitSet::wait(std::optional<std::chrono::nanoseconds> longest) {
  timespec limit{};
  if (longest) {
    const auto ns = std::max<std::int64_t>(longest->count(), 0);
    limit = {ns / 1'000'000'000, ns % 1'000'000'000};
  }
  const int ready = ::ppoll(descriptors_.data(), descriptors_.size(), longest ? &limit : nullptr, nullptr);
  if (ready > 0) return;
  for (pollfd& descriptor : descriptors_) descriptor.revents = 0;  // after an error they are undefined
}

void WaitSet::serve() {
  for (std::size_t i = 0; i < descriptors_.size(); ++i) {
    if (descriptors_[i].revents != 0) actions_[i](descriptors_[i].revents);
  }
}

}  // namespace prun
