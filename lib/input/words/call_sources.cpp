// Calls given as words, and the single call of apply.
#include "input/function_finder.hpp"
#include "input/words/argv_sources.hpp"
#include "input/words/call_text.hpp"
#include "input/words/word_sources.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <utility>
#include <variant>

namespace prun {
namespace {

tl::expected<Task, TextError> parse_bound_call(std::string_view word, FunctionFinder& finder) {
  if (!looks_like_call(word)) {
    return tl::unexpected(
        TextError{"this is not a call such as 'fib(8)'; calls and inputs of a function cannot be mixed", 0});
  }
  auto call = parse_call(word);
  if (!call) return tl::unexpected(std::move(call.error()));
  Task task{finder.find(call->function), std::move(call->args), std::move(call->kwargs), {}, std::move(call->defect)};
  if (task.function == nullptr) {
    return tl::unexpected(TextError{finder.describe_unknown(call->function), word.find(call->function)});
  }
  if (auto bound = bind(task); !bound) return tl::unexpected(TextError{std::move(bound.error()), call->args_offset});
  return task;
}

/// Appends one argument of apply's call to `args`. A range or product is an error.
tl::expected<void, TextError> append_argument(const InputOptions& options, std::size_t index, InputForm form,
                                              std::string& args, std::string& defect) {
  const std::string_view word = options.words[index];
  if (options.reads_lines_at(index))
    return tl::unexpected(TextError{"one call takes its arguments from the command line, not from `-`", 0});
  auto input = parse_input(word, form, index >= options.values_from);
  if (!input) return tl::unexpected(std::move(input.error()));
  if (auto* value = std::get_if<InputValue>(&*input)) {
    args += value->value;
    if (defect.empty()) defect = std::move(value->defect);
    return {};
  }
  const auto* product = std::get_if<Product>(&*input);
  if (product == nullptr || product->count != 1) {
    return tl::unexpected(TextError{"apply makes one call and cannot take several inputs; use map or starmap", 0});
  }
  std::string value;
  product->assign(0, value);
  args += value;
  if (defect.empty()) defect = product->defect();
  return {};
}

}  // namespace

InputError word_error(std::string_view kind, std::size_t number, std::string_view word, const TextError& error) {
  const std::size_t column = character_count(word.substr(0, error.offset)) + 1;
  return {
      fmt::format("{} {}, column {}: {}\n{}", kind, number, column, error.message, marked_line(word, error.offset))};
}

SourceOrError open_calls(const InputOptions& options, Registry& registry) {
  if (options.one_call && options.words.size() > 1) {
    return tl::unexpected(InputError{"apply makes one call; use submit for several"});
  }
  auto calls = std::make_unique<CallList>();
  FunctionFinder finder(registry);
  for (std::size_t i = 0; i < options.words.size(); ++i) {
    const auto task = parse_bound_call(options.words[i], finder);
    if (!task) return tl::unexpected(word_error("call", i + 1, options.words[i], task.error()));
    calls->add(*task);
  }
  return calls;
}

SourceOrError open_one_call(const InputOptions& options, const Function& function) {
  const std::size_t count = options.words.size() - 1;
  Task task;
  task.function = &function;
  std::string values;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto appended = append_argument(options, i, form_for(function, i - 1, options.text), values, task.defect);
    if (!appended) return tl::unexpected(word_error("input", i, options.words[i], appended.error()));
  }
  if (count == 1) {
    Arguments(function, true).assign(values, task.args);
  } else {
    wire::ValueWriter(task.args).array(static_cast<std::uint32_t>(count));
    task.args += values;
  }
  if (auto bound = bind(task); !bound) return tl::unexpected(InputError{std::move(bound.error())});
  auto calls = std::make_unique<CallList>();
  calls->add(task);
  return calls;
}

}  // namespace prun
