// The machines of a run, as the user names them. Pure text.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::cluster {

struct Host {
  std::string name;           ///< as the launcher takes it: "node1", "user@node1"
  std::uint32_t workers = 0;  ///< 0: as many as it has CPUs, or as --jobs says
  std::uint32_t cpus = 0;     ///< that a scheduler has promised; 0: it has promised none
  [[nodiscard]] bool is_local() const noexcept { return name == ":"; }
};

/// "node1,node2:8,:": names, separated by commas, each with a number of workers behind a colon if not all CPUs are to be
/// used. ":" is this machine. @return what is wrong
[[nodiscard]] tl::expected<std::vector<Host>, std::string> parse_hosts(std::string_view text);

/// A line of a file of hosts: as above, or empty. What follows a # is a comment. @return what is wrong
[[nodiscard]] tl::expected<std::vector<Host>, std::string> parse_host_line(std::string_view line);

/// A launcher's command line with `{host}`, `{cpus}` and `{agent}`. An `{agent}` that is a word of its own becomes several words; in a
/// longer word, behind `sh -c`, and for ssh, it becomes text for a shell.
[[nodiscard]] std::vector<std::string> launcher_words(const std::vector<std::string>& launcher, const Host& host,
                                                      const std::vector<std::string>& agent);

}  // namespace prun::cluster
