#include "progress/duration_sample.hpp"

namespace prun {

void DurationSample::add(const Measured& measured) {
  ++added_;
  if (all_.size() < most_kept) {
    all_.push_back(measured);
  } else if (const std::uint64_t place = next_random() % added_; place < most_kept) {
    all_[place] = measured;
  }
}

std::uint64_t DurationSample::next_random() noexcept {  // Marsaglia's xorshift
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  return random_;
}

}  // namespace prun
