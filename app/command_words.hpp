// The words that can stand first on prun's command line, with what their help says. It knows no options.
#pragma once

#include "run/run_options.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace prun::app {

/// A set of the words that can stand first.
enum class WordSet : std::uint16_t {};

constexpr WordSet operator|(WordSet a, WordSet b) noexcept {
  return WordSet(static_cast<std::uint16_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b)));
}
[[nodiscard]] constexpr bool overlap(WordSet a, WordSet b) noexcept {
  return (static_cast<unsigned>(a) & static_cast<unsigned>(b)) != 0;
}

namespace words {

inline constexpr WordSet map{1U << 0};
inline constexpr WordSet starmap{1U << 1};
inline constexpr WordSet imap{1U << 2};
inline constexpr WordSet imap_unordered{1U << 3};
inline constexpr WordSet submit{1U << 4};
inline constexpr WordSet apply{1U << 5};
inline constexpr WordSet modes = map | starmap | imap | imap_unordered | submit | apply;

inline constexpr WordSet functions{1U << 6};
inline constexpr WordSet help{1U << 7};
inline constexpr WordSet journal{1U << 8};
inline constexpr WordSet retry{1U << 9};
inline constexpr WordSet new_project{1U << 10};
inline constexpr WordSet report{1U << 11};

inline constexpr WordSet xargs{1U << 12};
inline constexpr WordSet sem{1U << 13};
inline constexpr WordSet trace{1U << 14};
inline constexpr WordSet schema{1U << 15};

inline constexpr WordSet runs = modes | retry;  ///< what runs tasks
inline constexpr WordSet all{0xffff};

}  // namespace words

struct CommandWord {
  std::string_view name;
  WordSet self;                ///< the set of this word alone
  std::optional<Mode> mode;    ///< absent: a word that runs no tasks
  std::string_view summary;    ///< one line
  std::string_view arguments;  ///< what follows the word, for the usage line
  std::string_view examples;   ///< lines that work when pasted into a shell
};

[[nodiscard]] std::span<const CommandWord> command_words() noexcept;

/// The command of that name, or null. `imap-unordered` is imap_unordered.
[[nodiscard]] const CommandWord* find_command_word(std::string_view name) noexcept;

/// The nearest of `candidates` to a mistyped `word`; empty where none is near.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace prun::app
