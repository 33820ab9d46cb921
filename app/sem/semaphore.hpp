// A counting semaphore between processes of a user: a folder with a file for each place, which its holder has locked. The system
// releases the lock when the holder ends, however it ends.
#pragma once

#include "sys/fd.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace prun::app {

class Semaphore {
 public:
  using Clock = std::chrono::steady_clock;

  /// A place that this process holds. Its end gives it back.
  struct Place {
    sys::Fd lock;     ///< released first: its number is lower
    sys::Fd release;  ///< open for writing; that it is closed wakes those who wait
  };

  /// @throws std::system_error if the folder cannot be made
  explicit Semaphore(const std::string& id);

  /// Waits for one of `places`. @return absent: the time is over
  [[nodiscard]] std::optional<Place> take(unsigned places, std::optional<Clock::time_point> until);
  /// Waits until each place is free.
  void wait_until_unused() const;

 private:
  [[nodiscard]] std::optional<Place> try_place(unsigned number) const;
  [[nodiscard]] std::string file_of(unsigned number) const;

  std::string folder_;
};

}  // namespace prun::app
