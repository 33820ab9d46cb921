// Continues with the next source when one has ended.
#include "input/sequence_source.hpp"

#include <utility>

namespace prun {

SequenceSource::SequenceSource(std::vector<std::unique_ptr<TaskSource>> sources) : sources_(std::move(sources)) {}

Pull SequenceSource::next(Task& task) {
  while (at_ < sources_.size()) {
    const Pull pull = sources_[at_]->next(task);
    if (pull != Pull::end) return pull;
    sources_[at_++].reset();
  }
  return Pull::end;
}

std::optional<TaskSource::RangeOfTasks> SequenceSource::next_range(std::uint64_t max) {
  skip_known_empty();
  return at_ < sources_.size() ? sources_[at_]->next_range(max) : std::nullopt;
}

std::optional<std::uint64_t> SequenceSource::remaining() const {
  std::uint64_t sum = 0;
  for (std::size_t i = at_; i < sources_.size(); ++i) {
    const auto size = sources_[i]->remaining();
    if (!size) return std::nullopt;
    sum = *size > UINT64_MAX - sum ? UINT64_MAX : sum + *size;
  }
  return sum;
}

const InputError& SequenceSource::error() const { return at_ < sources_.size() ? sources_[at_]->error() : none_; }

int SequenceSource::wait_fd() const { return at_ < sources_.size() ? sources_[at_]->wait_fd() : -1; }

void SequenceSource::skip_known_empty() {
  while (at_ < sources_.size() && sources_[at_]->remaining() == 0u) sources_[at_++].reset();
}

}  // namespace prun
