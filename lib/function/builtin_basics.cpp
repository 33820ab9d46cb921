// identity, sleep and sha256: simple functions for first experiments.
#include "function/builtin.hpp"
#include "function/typed_function.hpp"

#include <fmt/format.h>
#include <nettle/sha2.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace prun::builtin {
namespace {

AnyValue identity(AnyValue value) { return value; }

constexpr long nanoseconds_per_second = 1'000'000'000;

timespec time_after(double seconds) {
  timespec until{};
  clock_gettime(CLOCK_MONOTONIC, &until);
  const double whole = std::floor(seconds);
  until.tv_sec += static_cast<time_t>(whole);
  until.tv_nsec += std::lround((seconds - whole) * 1e9);
  until.tv_sec += until.tv_nsec / nanoseconds_per_second;
  until.tv_nsec %= nanoseconds_per_second;
  return until;
}

/// Sleeps until a point in time, so that interrupting signals do not lengthen it.
double sleep(double seconds) {
  constexpr double longest = 1e9;  // 31 years
  if (!(seconds >= 0 && seconds <= longest)) {
    throw std::invalid_argument(fmt::format("sleep takes from 0 to 1e9 seconds, got {}", seconds));
  }
  const timespec until = time_after(seconds);
  int error = EINTR;
  while (error == EINTR) error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  if (error != 0) throw std::system_error(error, std::generic_category(), "clock_nanosleep");
  return seconds;
}

std::string sha256(std::string_view text) {
  sha256_ctx context{};
  sha256_init(&context);
  sha256_update(&context, text.size(), static_cast<const std::uint8_t*>(static_cast<const void*>(text.data())));
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace

void add_basics(Registry& registry) {
  registry.add(make_function("identity", "the value it is given", identity, "value"));
  registry.add(make_function("sleep", "sleeps for so many seconds, then returns them", sleep, "seconds"));
  registry.add(make_function("sha256", "SHA-256 of a string's UTF-8 bytes, in hexadecimal", sha256, "text"));
}

}  // namespace prun::builtin
