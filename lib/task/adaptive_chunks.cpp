// See prun/detail/adaptive_chunks.hpp.
#include <prun/detail/adaptive_chunks.hpp>

#include <algorithm>
#include <cmath>

namespace prun::detail {
namespace {

constexpr std::uint32_t memory = 32;       // calls over which a mean extends
constexpr std::uint32_t enough_calls = 8;  // of one worker, to tell it from the others

}  // namespace

// West, "Updating mean and variance estimates", 1979: plain for the first calls, with exponential weights from then on.
void AdaptiveChunks::Durations::add(double duration) noexcept {
  count = std::min(count + 1, memory);
  const double weight = 1.0 / count;
  const double off = duration - mean;
  mean += weight * off;
  variance = (1 - weight) * (variance + weight * off * off);
}

void AdaptiveChunks::measured(std::uint32_t worker, std::chrono::nanoseconds duration) noexcept {
  const double ns = std::max(static_cast<double>(duration.count()), 1.0);
  all_.add(ns);
  if (worker < per_worker_.size()) per_worker_[worker].add(ns);
}

std::uint64_t AdaptiveChunks::next(std::uint64_t left) const noexcept {
  if (all_.count == 0 || left == 0) return 1;
  const double by_time = handing_ns_ / overhead / (all_.mean + std::sqrt(all_.variance));
  const double size = std::min(by_time, factoring_chunk(static_cast<double>(left)));
  return static_cast<std::uint64_t>(std::clamp(size, 1.0, static_cast<double>(largest)));
}

// The formula in a form that does not subtract numbers of nearly the same size.
double AdaptiveChunks::factoring_chunk(double left) const noexcept {
  double spread = 0;
  double speed = 0;
  for (const Durations& worker : per_worker_) {
    const Durations& known = worker.count >= enough_calls ? worker : all_;
    spread += known.variance / known.mean;
    speed += 1 / known.mean;
  }
  const double together = left / speed;  // T * R: what all need for what is left
  const double root = std::sqrt(spread * spread + 4 * spread * together);
  return 2 * together * together / (all_.mean * (spread + 2 * together + root));
}

}  // namespace prun::detail
