// The words of a command line to sources: calls, and a function's inputs. It opens standard input where a word asks for
// it, and no other file.
#pragma once

#include "function/registry.hpp"
#include "input/open_source.hpp"
#include "input/text_error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace prun {

using SourceOrError = tl::expected<std::unique_ptr<TaskSource>, InputError>;

/// All of options.words are calls, or else an error says which is not.
[[nodiscard]] SourceOrError open_calls(const InputOptions& options, Registry& registry);

/// The words behind the first, as inputs of `function`.
[[nodiscard]] SourceOrError open_inputs(const InputOptions& options, const Function& function);

/// The words behind the first, as the arguments of one call of `function`.
[[nodiscard]] SourceOrError open_one_call(const InputOptions& options, const Function& function);

/// "input 2, column 4: message" and the word with a caret under the place.
[[nodiscard]] InputError word_error(std::string_view kind, std::size_t number, std::string_view word,
                                    const TextError& error);

}  // namespace prun
