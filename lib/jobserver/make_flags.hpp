// Reads and writes the jobserver part of MAKEFLAGS: the text only. It opens nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prun::jobserver {

/// The address of the tokens: `--jobserver-auth=R,W` or `--jobserver-auth=fifo:PATH`.
struct Address {
  std::string fifo;  ///< empty: a pipe, open as these two descriptors
  int read = -1;     ///< negative: make has closed its jobserver for this process
  int write = -1;

  friend bool operator==(const Address&, const Address&) = default;
};

struct MakeFlags {
  std::optional<Address> jobserver;
  bool dry_run = false;  ///< `make -n`: run nothing
};

/// The last jobserver counts, as in make. Invalid addresses are ignored.
[[nodiscard]] MakeFlags parse_make_flags(std::string_view text);

/// Returns `text` with the jobserver at `address`, for `jobs` jobs in total, in place of any other.
[[nodiscard]] std::string with_jobserver(std::string_view text, const Address& address, unsigned jobs);

}  // namespace prun::jobserver
