// The options as they stand on the command line: split off by CLI11, their values still text. What they mean, and
// whether they fit together, is decided in options.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

struct OptionTexts {
  std::optional<std::string> jobs;
  std::optional<std::string> chunksize;
  std::optional<std::string> max_tasks_per_child;
  std::optional<std::string> seed;
  std::optional<std::string> initializer;
  std::vector<std::string> plugins;
  std::vector<std::string> serve;
  std::optional<std::string> python;
  std::optional<std::string> python_code;
  std::optional<std::string> default_function;
  std::optional<std::string> buffersize;
  std::optional<std::string> buffer_bytes;
  bool threads = false;

  std::optional<std::string> retries;
  std::optional<std::string> retry_delay;
  std::optional<std::string> retry_on;
  std::optional<std::string> timeout;
  std::optional<std::string> deadline;
  std::optional<std::string> grace;
  std::optional<std::string> halt;
  std::optional<std::string> cpu_limit;
  std::optional<std::string> memory_limit;
  std::optional<std::string> stack_size;
  std::optional<std::string> nice;
  bool pin = false;
  std::optional<std::string> delay;
  std::optional<std::string> max_load;
  std::optional<std::string> min_free_memory;
  std::optional<std::string> admit;
  std::optional<std::string> jobserver_style;
  bool no_jobserver = false;

  std::optional<std::string> journal;
  bool resume = false;
  bool resume_failed = false;
  bool partial = false;

  std::optional<std::string> tasks;
  bool null = false;
  bool text = false;
  bool skip_bad = false;

  std::optional<std::string> cmd;
  std::optional<std::string> sh;
  std::vector<std::string> arg_files;
  std::optional<std::string> colsep;
  std::optional<std::string> max_args;
  std::optional<std::string> block;
  bool pipe = false;
  bool dry_run = false;

  std::optional<std::string> output;
  std::optional<std::string> format;

  bool tag = false;
  bool line_buffer = false;
  bool ungroup = false;
  bool tty = false;
  std::optional<std::string> results;

  bool quiet = false;
  bool verbose = false;
  std::optional<std::string> log_level;
  std::optional<std::string> log_file;

  bool help = false;
  bool version = false;

  std::vector<std::string> words;        ///< what is no option: the mode, the function, the inputs
  std::optional<std::size_t> dashes_at;  ///< `--` ended the options: how many words stand before it
  std::optional<std::size_t> lists_at;   ///< a list sign such as `:::` ended the options: its place among the words
  std::vector<std::string> given;        ///< the options that were given, by their long names: "--jobs"
};

/// Returns true for `:::`, `:::+`, `::::` and `::::+`, which begin a list of inputs.
[[nodiscard]] bool is_list_sign(std::string_view word) noexcept;

/// Returns true for `--` and the list signs: no word behind the first of them is an option.
[[nodiscard]] bool ends_options(std::string_view word) noexcept;

/// Splits the command line into options and words. A word that begins with `-` and a digit is an input, except `-0`.
/// What stands behind `--` or a list sign is never shown to CLI11.
/// @throws UsageError for an option that does not exist (with the nearest that does) or that lacks its value
[[nodiscard]] OptionTexts split_command_line(int argc, const char* const* argv);

/// The options' part of a help text: one paragraph a group.
/// @param only if not empty, the long names to keep
[[nodiscard]] std::string describe_options(const std::vector<std::string>& only = {});

}  // namespace prun::app
