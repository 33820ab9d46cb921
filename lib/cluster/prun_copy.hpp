// The program itself, for hosts that lack it or have another build: a script that the launcher starts instead of the agent asks for
// the bytes through its standard output, and reads them from its standard input. It keeps them for later runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::cluster {

/// What the script writes when it wants the program: a line of its own, as the banner is one.
inline constexpr std::string_view wants_program = "\n#prun-wants-program\n";

/// The words that start an agent of this build on a host, whatever the host has.
[[nodiscard]] std::vector<std::string> copying_agent(std::string_view build, std::uint64_t size);

/// This program's file. @throws std::system_error
[[nodiscard]] std::string own_program();

}  // namespace prun::cluster
