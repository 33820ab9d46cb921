// See foreign_options.hpp.
#include "options/foreign_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace prun::app {
namespace {

constexpr std::string_view one_machine = "--hosts runs tasks on other machines";
constexpr std::string_view launcher = "--launcher says how prun starts on other machines";
constexpr std::string_view database = "--journal FILE records the run in an SQLite database";
constexpr std::string_view blocks = "--pipe gives each block to standard input; a script can save it with cat > FILE";
constexpr std::string_view ranges = "--pipe reads a regular file in this way: prun --pipe COMMAND < FILE";
constexpr std::string_view each_block =
    "--pipe starts a command for each block; a larger --block starts fewer commands";
constexpr std::string_view separators =
    "blocks keep their separators; the command can remove them, with sed for example";
constexpr std::string_view block_time = "--timeout ends a command that runs too long";
constexpr std::string_view lock = "prun sem runs a command when a semaphore has a place for it";
constexpr std::string_view no_perl =
    "{/regex/text} changes an input by a regular expression; a script can change $1 further";
constexpr std::string_view fixed_names =
    "placeholders have fixed names: {.} {/} {//} {/.} {#} {%}; -I TEXT replaces only {}";
constexpr std::string_view shebang = "the first line can be #!/usr/bin/prun --commands";
constexpr std::string_view environment = "commands get the whole environment";
constexpr std::string_view packed = "large outputs wait in files without a name in TMPDIR, which are not compressed";
constexpr std::string_view folder = "the variable TMPDIR says where temporary files are";
constexpr std::string_view terminal = "--line-buffer shows output as it comes, and --tty gives a command the terminal";
constexpr std::string_view lines = "--line-buffer shows output as it comes";
constexpr std::string_view groups = "sort the input and split it where the group changes, with awk for example";
constexpr std::string_view filter = "filter the inputs before prun reads them, with grep or awk for example";
constexpr std::string_view quoting =
    "prun quotes inputs by itself, and several words run without a shell; a script is one word: prun 'SCRIPT'";
constexpr std::string_view quoted = "--dry-run prints the commands as a shell reads them";
constexpr std::string_view asking = "--dry-run prints the commands instead of asking";
constexpr std::string_view tty = "--tty gives the terminal to one command at a time";
constexpr std::string_view slot =
    "PRUN_WORKER and PARALLEL_JOBSLOT have the number of the worker, and {%} stands for it";
constexpr std::string_view templates =
    "--results NAME saves outputs in files; a script can write its own with cat <<END";
constexpr std::string_view again = "prun retry FILE and --journal FILE --resume-failed run failed tasks again";
constexpr std::string_view cpus = "nproc prints the number of CPUs; -j 100% is one worker for each of them";
constexpr std::string_view versions = "prun --version prints the version";
constexpr std::string_view condition = "--max-load, --min-free-memory and --admit hold back the start of tasks";
constexpr std::string_view colors = "--color colours tags and failures";
constexpr std::string_view profile = "--profile NAME reads options from NAME.options";
constexpr std::string_view size =
    "-n max passes as many inputs as the system allows, and -n auto at most 128 KiB; prun xargs has -s";
constexpr std::string_view end_of_input =
    "end the input before prun reads it: sed '/^TEXT$/,$d' | prun; prun xargs has -E";
constexpr std::string_view limits = "getconf ARG_MAX prints the limit of the system";
constexpr std::string_view nothing_to_debug = "--explain prints how the run will go, and --log-level debug every task";

using Advice = std::pair<std::string_view, std::string_view>;

constexpr std::array<Advice, 154> others{{
    {"--tmux", terminal},
    {"--tmuxpane", terminal},
    {"--tmux-pane", terminal},
    {"--latest-line", lines},
    {"--latestline", lines},
    {"--ll", lines},
    {"--fifo", blocks},
    {"--cat", blocks},
    {"--pipe-part", ranges},
    {"--pipepart", ranges},
    {"--round-robin", each_block},
    {"--roundrobin", each_block},
    {"--round", each_block},
    {"--remove-rec-sep", separators},
    {"--removerecsep", separators},
    {"--rrs", separators},
    {"--block-timeout", block_time},
    {"--blocktimeout", block_time},
    {"--bt", block_time},
    {"--group-by", groups},
    {"--groupby", groups},
    {"--shard", groups},
    {"--bin", groups},
    {"--tee", "each command reads the file itself: prun 'COMMAND < FILE' ::: INPUT..."},
    {"--sql", database},
    {"--sqlmaster", database},
    {"--sql-master", database},
    {"--sqlworker", database},
    {"--sql-worker", database},
    {"--sqlandworker", database},
    {"--sql-and-worker", database},
    {"--rpl", no_perl},
    {"--parens", no_perl},
    {"-U", fixed_names},
    {"--extensionreplace", fixed_names},
    {"--er", fixed_names},
    {"--basenamereplace", fixed_names},
    {"--bnr", fixed_names},
    {"--basenameextensionreplace", fixed_names},
    {"--bner", fixed_names},
    {"--dirnamereplace", fixed_names},
    {"--dnr", fixed_names},
    {"--seqreplace", fixed_names},
    {"--slotreplace", fixed_names},
    {"-i", "-I TEXT replaces TEXT by the input; {} needs no option"},
    {"--filter", filter},
    {"--skip-first-line", "tail -n +2 skips the first line; --header : takes it as the names of the columns"},
    {"--skipfirstline", "tail -n +2 skips the first line; --header : takes it as the names of the columns"},
    {"-E", end_of_input},
    {"-e", end_of_input},
    {"--eof", end_of_input},
    {"-l", "-L N passes N lines to each command"},
    {"-s", size},
    {"--max-chars", size},
    {"--maxchars", size},
    {"-x", size},
    {"--exit", size},
    {"--show-limits", limits},
    {"--showlimits", limits},
    {"--max-line-length-allowed", limits},
    {"--maxlinelengthallowed", limits},
    {"--onall", one_machine},
    {"--nonall", one_machine},
    {"--hostgroups", one_machine},
    {"--hostgroup", one_machine},
    {"--hostgrp", one_machine},
    {"--hgrp", one_machine},
    {"--filter-hosts", "prun does not use a machine that it cannot reach; --host-retry tries it again"},
    {"--filter-host", "prun does not use a machine that it cannot reach; --host-retry tries it again"},
    {"--filterhosts", "prun does not use a machine that it cannot reach; --host-retry tries it again"},
    {"--controlmaster", launcher},
    {"-M", launcher},
    {"--ssh", launcher},
    {"--sshdelay", launcher},
    {"--ssh-delay", launcher},
    {"--rsync-opts", "--transferfile and --return copy files, without rsync"},
    {"--rsyncopts", "--transferfile and --return copy files, without rsync"},
    {"--semaphore", lock},
    {"--sem", lock},
    {"--semaphorename", lock},
    {"--semaphore-name", lock},
    {"--id", lock},
    {"--semaphoretimeout", lock},
    {"--semaphore-timeout", lock},
    {"--st", lock},
    {"--wait", lock},
    {"--bg", lock},
    {"--fg", lock},
    {"--shebang", shebang},
    {"--hashbang", shebang},
    {"--shebang-wrap", shebang},
    {"--env", environment},
    {"--record-env", environment},
    {"--recordenv", environment},
    {"--session", environment},
    {"--tmpdir", folder},
    {"--tempdir", folder},
    {"--compress", packed},
    {"--compress-program", packed},
    {"--compressprogram", packed},
    {"--decompress-program", packed},
    {"--use-compress-program", packed},
    {"--usecompressprogram", packed},
    {"--use-decompress-program", packed},
    {"--usedecompressprogram", packed},
    {"--citation", "prun has no citation notice"},
    {"--quote", quoting},
    {"--shellquote", quoted},
    {"--shell-quote", quoted},
    {"--shell_quote", quoted},
    {"--interactive", asking},
    {"-p", asking},
    {"--open-tty", tty},
    {"-o", tty},
    {"--process-slot-var", slot},
    {"--processslotvar", slot},
    {"--template", templates},
    {"--tmpl", templates},
    {"--embed", "a script needs prun itself to be installed; make package builds a package"},
    {"--retry-failed", again},
    {"--retryfailed", again},
    {"--number-of-cpus", cpus},
    {"--numberofcpus", cpus},
    {"--number-of-cores", cpus},
    {"--numberofcores", cpus},
    {"--number-of-sockets", cpus},
    {"--numberofsockets", cpus},
    {"--number-of-threads", cpus},
    {"--numberofthreads", cpus},
    {"--use-cores-instead-of-threads", cpus},
    {"--usecoresinsteadofthreads", cpus},
    {"--use-cpus-instead-of-cores", cpus},
    {"--usecpusinsteadofcores", cpus},
    {"--use-sockets-instead-of-threads", cpus},
    {"--usesocketsinsteadofthreads", cpus},
    {"--minversion", versions},
    {"-V", versions},
    {"--limit", condition},
    {"--ctag", colors},
    {"--ctagstring", colors},
    {"--ctag-string", colors},
    {"--color-failed", colors},
    {"--colorfailed", colors},
    {"--color-fail", colors},
    {"--colorfail", colors},
    {"--colour-failed", colors},
    {"--colourfailed", colors},
    {"--colour-fail", colors},
    {"--colourfail", colors},
    {"--cf", colors},
    {"-J", profile},
    {"--shell-completion", "prun --completion SHELL prints completions for bash, zsh or fish"},
    {"--shellcompletion", "prun --completion SHELL prints completions for bash, zsh or fish"},
    {"-D", nothing_to_debug},
}};

}  // namespace

std::string_view instead_of(std::string_view name) noexcept {
  const auto* found =
      std::find_if(others.begin(), others.end(), [name](const auto& other) { return other.first == name; });
  return found == others.end() ? std::string_view{} : found->second;
}

}  // namespace prun::app
