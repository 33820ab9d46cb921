// The terminal behind a descriptor.
#pragma once

#include "progress/screen.hpp"
#include "sys/output_channel.hpp"

namespace prun {

class TerminalScreen final : public Screen {
 public:
  /// @param fd belongs to the caller, and must stay open as long as this object exists
  explicit TerminalScreen(int fd) : channel_(fd, sys::OutputChannel::Wait::never) {}

  [[nodiscard]] bool write(std::string_view bytes) override;
  [[nodiscard]] Size size() const override;
  [[nodiscard]] bool in_foreground() const override;

 private:
  sys::OutputChannel channel_;
};

/// Returns true if both descriptors refer to the same terminal.
[[nodiscard]] bool same_terminal(int one, int other) noexcept;

}  // namespace prun
