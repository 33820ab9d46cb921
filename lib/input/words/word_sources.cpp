// The inputs of a function: consecutive values share one list, and each range or product is a separate source.
#include "input/words/word_sources.hpp"

#include "input/lines/line_inputs.hpp"
#include "input/sequence_source.hpp"
#include "input/words/argv_sources.hpp"
#include "input/words/range_text.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace prun {
namespace {

std::string literal_hint(std::string_view word) {
  if (!looks_like_range(word)) return {};
  return fmt::format("; words after `:::` and `--` are literal, so write the range {} before them", word);
}

class InputsBuilder {
 public:
  InputsBuilder(const InputOptions& options, const Function& function)
      : options_(options), arguments_(function, options.unpack, options.text) {}

  /// @param index of the word
  /// @return what is wrong with it
  std::optional<TextError> add(std::size_t index) {
    const std::string_view word = options_.words[index];
    if (options_.reads_lines_at(index)) return add_standard_input();
    auto input = parse_input(word, arguments_.form(), index >= options_.values_from);
    auto error = input ? std::visit([&](auto&& parsed) { return add_parsed(std::forward<decltype(parsed)>(parsed)); },
                                    std::move(*input))
                       : std::optional(std::move(input.error()));
    if (error) error->message += index < options_.values_from ? range_hint(word) : literal_hint(word);
    return error;
  }

  std::unique_ptr<TaskSource> finish() {
    if (sources_.size() == 1) return std::move(sources_.front());
    return std::make_unique<SequenceSource>(std::move(sources_));
  }

 private:
  std::optional<TextError> add_parsed(const InputValue& input) {
    if (auto error = bind_first(input.value, input.defect)) return error;
    if (list_ == nullptr) {
      auto list = std::make_unique<CallList>();
      list_ = list.get();
      sources_.push_back(std::move(list));
    }
    list_->add(task_);
    return std::nullopt;
  }

  std::optional<TextError> add_parsed(TextRange range) {
    if (arguments_.takes_number()) as_numbers(range);
    std::string value;
    if (range.kind == TextRange::Kind::integers) {
      wire::ValueWriter writer(value);
      append_integer(writer, range.numbers[0], arguments_.form());
    } else {
      range.append_value(0, value);
    }
    if (auto error = bind_first(value, {})) return error;
    if (range.kind == TextRange::Kind::integers) return push(std::make_unique<RangeInputs>(arguments_, range.numbers));
    return push(std::make_unique<TextRangeInputs>(arguments_, range));
  }

  std::optional<TextError> add_parsed(Product product) {
    for (std::size_t i = 0; i < product.parts.size(); ++i) {
      auto* range = std::get_if<TextRange>(&product.parts[i]);
      if (range != nullptr && arguments_.element_takes_number(i, product.parts.size())) as_numbers(*range);
    }
    std::string value;
    product.assign(0, value);
    if (auto error = bind_first(value, product.defect())) return error;
    return push(std::make_unique<ProductInputs>(arguments_, std::move(product)));
  }

  /// For a parameter that accepts only numbers, leading zeros have no meaning.
  static void as_numbers(TextRange& range) noexcept {
    if (range.kind == TextRange::Kind::padded) range.kind = TextRange::Kind::integers;
  }

  std::optional<TextError> add_standard_input() {
    if (std::exchange(reads_stdin_, true))
      return TextError{"`-` occurs twice, but standard input can be read only once", 0};
    auto bytes = FileBytes::borrow(options_.stdin_fd);
    if (!bytes) return TextError{fmt::format("standard input cannot be read: {}", bytes.error()), 0};
    return push(std::make_unique<LineInputs>("<stdin>", std::make_unique<FileBytes>(std::move(*bytes)), arguments_,
                                             options_.null_separated));
  }

  std::optional<TextError> push(std::unique_ptr<TaskSource> source) {
    list_ = nullptr;
    sources_.push_back(std::move(source));
    return std::nullopt;
  }

  std::optional<TextError> bind_first(std::string_view value, std::string_view defect) {
    task_.function = &arguments_.function();
    task_.kwargs.clear();
    task_.defect = defect;
    arguments_.assign(value, task_.args);
    if (auto bound = bind(task_); !bound) return TextError{std::move(bound.error()), 0};
    return std::nullopt;
  }

  const InputOptions& options_;
  Arguments arguments_;
  std::vector<std::unique_ptr<TaskSource>> sources_;
  CallList* list_ = nullptr;  // the last of sources_, if it is a list
  bool reads_stdin_ = false;
  Task task_;
};

}  // namespace

tl::expected<Input, TextError> parse_input(std::string_view word, InputForm form, bool literal) {
  if (form == InputForm::json) return literal ? parse_literal_word(word) : parse_word(word);
  if (form == InputForm::string && !literal && looks_like_range(word)) return parse_word(word);
  InputValue input;
  if (auto read = append_input_value(word, input.value, input.defect, form); !read) {
    return tl::unexpected(std::move(read.error()));
  }
  return Input(std::move(input));
}

SourceOrError open_inputs(const InputOptions& options, const Function& function) {
  InputsBuilder builder(options, function);
  for (std::size_t i = 1; i < options.words.size(); ++i) {
    if (const auto error = builder.add(i)) {
      return tl::unexpected(word_error("input", i, options.words[i], *error));
    }
  }
  return builder.finish();
}

}  // namespace prun
