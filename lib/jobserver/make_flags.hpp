// What MAKEFLAGS says of a jobserver, and how one is told of in it: the text alone. Opens nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace prun::jobserver {

/// Where the tokens are: `--jobserver-auth=R,W` or `--jobserver-auth=fifo:PATH`.
struct Address {
  std::string fifo;  ///< empty: a pipe, open as these two
  int read = -1;     ///< negative: make has closed its jobserver to this process
  int write = -1;

  friend bool operator==(const Address&, const Address&) = default;
};

struct MakeFlags {
  std::optional<Address> jobserver;
  bool dry_run = false;  ///< `make -n`: nothing is to be done
};

/// The last jobserver that is named counts, as in make. What makes no sense names none.
[[nodiscard]] MakeFlags parse_make_flags(std::string_view text);

/// `text` with the jobserver at `address`, of `jobs` jobs in all, instead of any that it names.
[[nodiscard]] std::string with_jobserver(std::string_view text, const Address& address, unsigned jobs);

}  // namespace prun::jobserver
