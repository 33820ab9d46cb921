// Decides when workers that end before they are ready make the pool fail. A start that fails by itself will fail again. A
// signal that asks for an end comes from outside (kill(1), a terminal, the kernel short of memory) and says little about the next
// start. This class only counts.
#pragma once

#include <csignal>
#include <cstdint>

namespace prun::pool {

class StartFailures {
 public:
  enum class How : std::uint8_t {
    no_process,  ///< the system provides none
    by_itself,   ///< exit, a crash
    killed,      ///< by another process
  };

  /// How a worker ended that was not ready. @param signal 0: it exited
  static How how(int signal) noexcept {
    switch (signal) {
      case SIGKILL:
      case SIGTERM:
      case SIGINT:
      case SIGHUP:
      case SIGQUIT: return How::killed;
      default: return How::by_itself;
    }
  }

  /// @param initializer the workers run one; its failure is not retried
  explicit StartFailures(bool initializer) noexcept : initializer_(initializer) {}

  /// A worker was ready: earlier failures do not count any more.
  void forget() noexcept { by_itself_ = killed_ = 0; }

  /// An outcome has arrived.
  void forget_all() noexcept {
    forget();
    hosts_lost_ = 0;
  }

  /// The process that starts workers died, and no outcome has arrived since its last death. Returns true if a new one would die too.
  [[nodiscard]] bool condemn_host() noexcept { return ++hosts_lost_ >= most_hosts; }

  /// Counts one more in a row. Returns true if further starts are pointless.
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
