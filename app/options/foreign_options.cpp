// See foreign_options.hpp.
#include "options/foreign_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace prun::app {
namespace {

constexpr std::string_view one_machine = "--hosts runs tasks on other machines";
constexpr std::string_view database = "--journal FILE records the run in an SQLite database";
constexpr std::string_view blocks = "--pipe gives each block to standard input; a script can save it with cat > FILE";
constexpr std::string_view lock = "prun sem runs a command when a semaphore has a place for it";
constexpr std::string_view no_perl =
    "{/regex/text} changes an input by a regular expression; a script can change $1 further";
constexpr std::string_view shebang = "the first line can be #!/usr/bin/prun --commands";
constexpr std::string_view environment = "commands get the whole environment";

constexpr std::array<std::pair<std::string_view, std::string_view>, 35> others{{
    {"--tmux", "--line-buffer shows output as it comes, and --tty gives a command the terminal"},
    {"--tmuxpane", "--line-buffer shows output as it comes, and --tty gives a command the terminal"},
    {"--latest-line", "--line-buffer shows output as it comes"},
    {"--ll", "--line-buffer shows output as it comes"},
    {"--fifo", blocks},
    {"--cat", blocks},
    {"--group-by", "sort the input and split it where the group changes, with awk for example"},
    {"--shard", "sort the input and split it where the group changes, with awk for example"},
    {"--bin", "sort the input and split it where the group changes, with awk for example"},
    {"--tee", "each command reads the file itself: prun 'COMMAND < FILE' ::: INPUT..."},
    {"--sql", database},
    {"--sqlmaster", database},
    {"--sqlworker", database},
    {"--sqlandworker", database},
    {"--rpl", no_perl},
    {"--parens", no_perl},
    {"--filter", "filter the inputs before prun reads them, with grep or awk for example"},
    {"--onall", one_machine},
    {"--nonall", one_machine},
    {"--hostgroups", one_machine},
    {"--controlmaster", one_machine},
    {"--sshdelay", one_machine},
    {"--semaphore", lock},
    {"--sem", lock},
    {"--semaphorename", lock},
    {"--bg", lock},
    {"--fg", lock},
    {"--shebang", shebang},
    {"--hashbang", shebang},
    {"--shebang-wrap", shebang},
    {"--env", environment},
    {"--record-env", environment},
    {"--tmpdir", "the variable TMPDIR says where temporary files are"},
    {"--compress", "large outputs wait in files without a name in TMPDIR, which are not compressed"},
    {"--citation", "prun has no citation notice"},
}};

}  // namespace

std::string_view instead_of(std::string_view name) noexcept {
  const auto* found =
      std::find_if(others.begin(), others.end(), [name](const auto& other) { return other.first == name; });
  return found == others.end() ? std::string_view{} : found->second;
}

}  // namespace prun::app
