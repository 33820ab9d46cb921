// Makes sources from the words of a command line: calls, and inputs of a function. It opens standard input if a word
// requires it, and no other file.
#pragma once

#include "function/registry.hpp"
#include "input/open_source.hpp"
#include "input/text_error.hpp"
#include "input/words/input_value.hpp"
#include "input/words/word.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace prun {

using SourceOrError = tl::expected<std::unique_ptr<TaskSource>, InputError>;

/// A word as in word.hpp. For a string parameter it is a range or a value, never a product. As text it is a value.
/// @param literal it is never a range or a product
[[nodiscard]] tl::expected<Input, TextError> parse_input(std::string_view word, InputForm form, bool literal);

/// Opens options.words as calls. If one is not a call, the error says which.
[[nodiscard]] SourceOrError open_calls(const InputOptions& options, Registry& registry);

/// Opens the words after the first as inputs of `function`.
[[nodiscard]] SourceOrError open_inputs(const InputOptions& options, const Function& function);

/// Opens the words after the first as the arguments of one call of `function`.
[[nodiscard]] SourceOrError open_one_call(const InputOptions& options, const Function& function);

/// "input 2, column 4: message" and the word with a caret under the place.
[[nodiscard]] InputError word_error(std::string_view kind, std::size_t number, std::string_view word,
                                    const TextError& error);

}  // namespace prun
