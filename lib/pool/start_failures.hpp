// When workers that end before they are ready condemn the pool: a start that fails by itself will fail again, while a SIGKILL
// comes from outside (somebody's kill, the kernel short of memory) and says little of the next start. Plain counting.
#pragma once

#include <cstdint>

namespace prun::pool {

class StartFailures {
 public:
  enum class How : std::uint8_t {
    no_process,  ///< the system gives none
    by_itself,   ///< exit, a crash
    killed,      ///< SIGKILL
  };

  /// @param initializer the workers run one; its failure is never tried again
  explicit StartFailures(bool initializer) noexcept : initializer_(initializer) {}

  /// A worker was ready: what failed before has no meaning any more.
  void forget() noexcept { by_itself_ = killed_ = 0; }

  /// An outcome has come.
  void forget_all() noexcept {
    forget();
    hosts_lost_ = 0;
  }

  /// The process that starts workers has died, and no outcome has come since the last time. True: another would die, too.
  [[nodiscard]] bool condemn_host() noexcept { return ++hosts_lost_ >= most_hosts; }

  /// One more, in a row. True: no further start is worth trying.
  [[nodiscard]] bool condemn(How how) noexcept {
    if (how == How::killed) return ++killed_ >= (initializer_ ? most_killed_initializers : most_killed);
    return ++by_itself_ >= most_by_itself || (how == How::by_itself && initializer_);
  }

 private:
  static constexpr std::uint32_t most_by_itself = 4;
  static constexpr std::uint32_t most_killed = 256;             // a quarter of a second of starts
  static constexpr std::uint32_t most_killed_initializers = 8;  // each may take long

  static constexpr std::uint32_t most_hosts = 64;

  bool initializer_;
  std::uint32_t by_itself_ = 0;
  std::uint32_t killed_ = 0;
  std::uint32_t hosts_lost_ = 0;
};

}  // namespace prun::pool
