// Assigns places to workers. Attempts name workers by their process. On this machine, a worker that dies is replaced by another process
// at the same place. Other machines report only attempts, so each of their processes gets a separate place.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun::history {

/// A process or thread that has worked in the run. Times are nanoseconds from the run's start.
struct WorkerLife {
  std::uint32_t worker = 0;  ///< its place
  std::int32_t pid = 0;
  std::int64_t started = 0;
  std::optional<std::int64_t> ended;
  std::int32_t status = 0;  ///< as waitpid(2) returns it, after the end
};

class WorkerPlaces {
 public:
  static constexpr std::uint32_t this_machine = 0;

  /// @param worker its number in the pool of this machine
  void started(std::uint32_t worker, std::int32_t pid, std::int64_t time);
  void ended(std::uint32_t worker, std::int32_t pid, std::int64_t time, std::int32_t status);
  /// Returns true if a worker of any machine works at that place.
  void works_at(std::uint32_t place, std::uint32_t host, std::int32_t pid, std::int64_t time);

  /// The number of a host, for the functions below.
  [[nodiscard]] std::uint32_t host_number(std::string_view name);

  /// The place of that process. An unknown process gets the place of a worker whose process was not known, or a new place.
  [[nodiscard]] std::uint32_t place_of(std::int32_t pid, std::uint32_t host = this_machine) {
    const Recent& recent = recent_[static_cast<std::uint32_t>(pid) % recent_.size()];
    return recent.pid == pid && recent.host == host ? recent.place : look_up(pid, host);
  }
  /// The place of a worker of this machine's pool.
  [[nodiscard]] std::uint32_t place_in_pool(std::uint32_t worker);

  /// The host of the worker at that place; empty: this machine.
  [[nodiscard]] std::string_view host_at(std::uint32_t place) const noexcept {
    return place < hosts_at_.size() ? std::string_view(hosts_[hosts_at_[place]]) : std::string_view();
  }
  /// Returns true if workers of other machines have worked.
  [[nodiscard]] bool any_elsewhere() const noexcept { return hosts_.size() > 1; }

  /// The processes in the order in which they started, at most the first 100000.
  [[nodiscard]] const std::vector<WorkerLife>& lives() const noexcept { return lives_; }
  /// One more than the highest place.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

 private:
  [[nodiscard]] std::uint32_t look_up(std::int32_t pid, std::uint32_t host);
  [[nodiscard]] std::uint32_t new_place(std::uint32_t host);
  [[nodiscard]] static std::uint64_t key_of(std::int32_t pid, std::uint32_t host) noexcept {
    return std::uint64_t{host} << 32U | static_cast<std::uint32_t>(pid);
  }

  struct Here {
    std::uint32_t worker = 0;
    std::optional<std::size_t> life;  ///< its place in lives_
  };
  std::unordered_map<std::uint64_t, Here> here_;  ///< by process and host
  std::vector<Here> unknown_;                     ///< those whose process is not known yet
  std::vector<WorkerLife> lives_;
  std::uint32_t count_ = 0;
  std::vector<std::string> hosts_{""};   ///< by number; the first is this machine
  std::vector<std::uint32_t> hosts_at_;  ///< by place, as far as workers of other machines have one; their numbers
  std::unordered_map<std::uint32_t, std::uint32_t>
      moved_;  ///< workers of the pool whose place another machine's worker has
  /// The last lookups, because the results of workers arrive interleaved.
  struct Recent {
    std::int32_t pid = -1;
    std::uint32_t host = this_machine;
    std::uint32_t place = 0;
  };
  std::array<Recent, 64> recent_;
};

}  // namespace prun::history
