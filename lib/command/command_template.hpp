// A command with places for its inputs: GNU parallel's replacement strings.
//
//   {}   the input             {.}   without its extension      {#}  the task's number, from 1
//   {/}  its base name         {/.}  base name, no extension    {%}  the worker's number, from 1
//   {//} its directory         {1} {2.} {-1/}  the input from that source, from the last where negative
//
// Anything else in braces stays as it is. A template without a place gets the inputs at its end; but a script only where it is
// a simple command ("wc -l"): a script can also name them as $1, $2, "$@".
#pragma once

#include "command/script_place.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

/// What a place shows of an input that is a path.
enum class PathPart : std::uint8_t { whole, without_extension, base, directory, base_without_extension };

[[nodiscard]] std::string_view part_of(std::string_view path, PathPart part) noexcept;

/// What the places of one call stand for.
struct Filling {
  std::vector<std::string_view> inputs;
  std::uint64_t number = 1;  ///< {#}
  std::uint32_t slot = 1;    ///< {%}
};

class CommandTemplate {
 public:
  /// Run directly. @param add_inputs at the end, where the words have no place for them
  static CommandTemplate of_words(const std::vector<std::string>& words, bool add_inputs);
  /// Run by a shell, which reads each input as exactly that text. @return why a placeholder cannot stand where it stands
  static tl::expected<CommandTemplate, std::string> of_script(std::string_view script, bool add_inputs);

  /// The program and its arguments. `{}` alone in a word becomes one word an input; within a word, or in a script, several
  /// inputs are joined by blanks.
  [[nodiscard]] std::vector<std::string> expand(const Filling& filling) const;

  /// It is a script, which stands third in its expansion.
  [[nodiscard]] bool is_script() const noexcept { return shell_; }
  /// It has a place for inputs; else they are only behind it, as parameters of a script, or are not added at all.
  [[nodiscard]] bool has_place_for_inputs() const noexcept;
  /// A script with neither a place for inputs nor a use of its parameters. In doubt false.
  [[nodiscard]] bool ignores_inputs() const noexcept;
  /// An input is a part of that word, beside other text.
  [[nodiscard]] bool has_input_within(std::size_t word) const noexcept;
  /// The program, where no place is in it; else empty.
  [[nodiscard]] std::string program() const;
  /// How many bytes an expansion has beside its inputs, about.
  [[nodiscard]] std::size_t fixed_size() const noexcept;

 private:
  enum class Kind : std::uint8_t { text, inputs, input, number, slot };
  struct Segment {
    Kind kind = Kind::text;
    PathPart part = PathPart::whole;
    int position = 0;  ///< of `input`: from 1, or from -1 backwards
    std::string text;
    ScriptPlace place;  ///< in a script
  };
  using Word = std::vector<Segment>;

  template <typename Accept>
  [[nodiscard]] static Word parse(std::string_view text, const Accept& accept);
  [[nodiscard]] static tl::expected<Word, std::string> parse_script(std::string_view script);
  [[nodiscard]] static bool parse_place(std::string_view inside, Segment& segment);
  [[nodiscard]] static bool shows_input(const Segment& segment) noexcept;
  static void take_escape(Word& word, const ScriptPlace& place);
  void append(const Segment& segment, const Filling& filling, std::string& word) const;
  void append_text(std::string_view text, const Segment& segment, std::string& word) const;

  std::vector<Word> words_;
  bool shell_ = false;
};

}  // namespace prun::command
