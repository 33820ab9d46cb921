// A command with placeholders for its inputs: GNU parallel's replacement strings.
//
//   {}   the input             {.}   without its extension      {#}  the task's number, from 1
//   {/}  its base name         {/.}  base name, no extension    {%}  the worker's number, from 1
//   {//} its directory         {1} {2.} {-1/}  the input from that source, from the last where negative
//
// and those that placeholder.hpp and path_part.hpp add. Other text in braces stays unchanged. A template without a placeholder gets
// the inputs appended; but a script only if it is a simple command ("wc -l"), because a script can also read them as $1, $2, "$@".
#pragma once

#include "command/path_part.hpp"
#include "command/placeholder.hpp"
#include "command/script_place.hpp"
#include "command/script_scanner.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

/// The values of the placeholders for one call.
struct Filling {
  std::vector<std::string_view> inputs;
  std::uint64_t number = 1;  ///< {#}
  std::uint32_t slot = 1;    ///< {%}
  std::uint64_t total = 0;   ///< {##}; needed only by a template with a `total_placeholder`
  std::uint32_t slots = 1;   ///< of the run, for the width of {0%}

  /// Of a task, without what only its worker knows. @param texts must outlive it @param index of the task, from 0
  [[nodiscard]] static Filling of_task(const std::vector<std::string>& texts, std::uint64_t index) {
    Filling filling;
    filling.inputs.assign(texts.begin(), texts.end());
    filling.number = index + 1;
    return filling;
  }
};

class CommandTemplate {
 public:
  using Made = tl::expected<CommandTemplate, std::string>;

  /// For a command that runs directly. @param add_inputs append the inputs if no word has a placeholder
  /// @return which placeholder is wrong, and why
  static Made of_words(const std::vector<std::string>& words, bool add_inputs, const PlaceholderSyntax& syntax = {});
  /// For a shell, which reads each input as exactly that text. @param dialect of the shell that runs it
  /// @return why a placeholder is wrong, or not possible at its place
  static Made of_script(std::string_view script, bool add_inputs, const PlaceholderSyntax& syntax = {},
                        ShellDialect dialect = ShellDialect::common);
  /// Run directly; no word has placeholders. The inputs stand at the end, or, as for `xargs -I`, in the place of `replaced` in
  /// every word after the first. @param replaced empty: none
  static CommandTemplate of_plain_words(const std::vector<std::string>& words, std::string_view replaced);
  /// Each input is itself a script.
  static CommandTemplate of_scripts();

  /// The shell that runs it, a program; words run by a shell may name functions of the shell, and what it has built in.
  /// Without this call `/bin/sh` runs scripts, and words are run directly.
  void set_shell(std::string shell);

  /// The program and its arguments. A word `{}` becomes one word for each input. Inside a word, or in a script, several
  /// inputs are joined by spaces.
  [[nodiscard]] std::vector<std::string> expand(const Filling& filling) const;
  /// The same as one text, for a template that is a name: several inputs in the place of a word `{}` are joined by spaces.
  [[nodiscard]] std::string expand_name(const Filling& filling) const;

  /// The command is a script, which is the third word of its expansion.
  [[nodiscard]] bool is_script() const noexcept { return shell_; }
  /// How many words of its expansion call a shell for the others, and tell a reader nothing.
  [[nodiscard]] std::size_t words_of_shell() const noexcept { return through_shell_ ? 4 : 0; }
  /// It has a placeholder, perhaps only for numbers.
  [[nodiscard]] bool has_placeholder() const noexcept;
  /// It has a placeholder for inputs. Otherwise they are parameters of a script, or appended, or not used.
  [[nodiscard]] bool has_place_for_inputs() const noexcept;
  /// A script that has no placeholder and does not use its parameters. False if uncertain.
  [[nodiscard]] bool ignores_inputs() const noexcept;
  /// An input is a part of that word, together with other text.
  [[nodiscard]] bool has_input_within(std::size_t word) const noexcept;
  /// The first placeholder that needs the number of all tasks; empty if none does.
  [[nodiscard]] std::string_view total_placeholder() const noexcept;
  /// It has a placeholder for the number of the task.
  [[nodiscard]] bool numbers_tasks() const noexcept;
  /// The first placeholder for the number of the worker; empty if there is none.
  [[nodiscard]] std::string_view worker_placeholder() const noexcept;
  /// The program; empty if a placeholder is part of it.
  [[nodiscard]] std::string program() const;
  /// The text before its first placeholder; of its first word.
  [[nodiscard]] std::string_view leading_text() const noexcept;
  /// Approximate number of bytes of an expansion without its inputs.
  [[nodiscard]] std::size_t fixed_size() const noexcept;

 private:
  struct Segment {
    bool is_text = true;
    std::string text;         ///< of a placeholder: as it was written
    Placeholder placeholder;  ///< if it is no text
    ScriptPlace place;        ///< of a placeholder in a script

    static Segment of_text(std::string_view text) { return {true, std::string(text), {}, {}}; }
    static Segment of_inputs() { return {false, {}, {}, {}}; }
    [[nodiscard]] bool shows_input() const noexcept { return !is_text && placeholder.shows_input(); }
    [[nodiscard]] bool shows_all_inputs() const noexcept {
      return !is_text && placeholder.kind == Placeholder::Kind::inputs;
    }
  };
  using Word = std::vector<Segment>;
  using Test = bool (*)(const Placeholder&);
  using WordOrError = tl::expected<Word, std::string>;

  template <typename Accept>
  [[nodiscard]] static WordOrError parse(std::string_view text, const PlaceholderSyntax& syntax, const Accept& accept);
  [[nodiscard]] static WordOrError parse_script(std::string_view script, const PlaceholderSyntax& syntax,
                                                ShellDialect dialect);
  static void take_escape(Word& word, const ScriptPlace& place);
  [[nodiscard]] std::string_view first_placeholder(Test test) const noexcept;
  void append(const Segment& segment, const Filling& filling, std::string& word) const;
  void append_inputs(const Segment& segment, const Filling& filling, std::string& word) const;
  void append_text(std::string_view text, const Segment& segment, std::string& word) const;

  std::vector<Word> words_;
  bool shell_ = false;
  bool scripts_ = false;        ///< the inputs are scripts
  bool through_shell_ = false;  ///< a shell runs the words, as its "$@"
  std::string shell_path_ = "/bin/sh";
};

}  // namespace prun::command
