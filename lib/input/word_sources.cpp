// A function's inputs: neighbouring values share one list, a range or product is a source of its own.
#include "input/word_sources.hpp"

#include "input/argv_sources.hpp"
#include "input/line_inputs.hpp"
#include "input/sequence_source.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace prun {
namespace {

class InputsBuilder {
 public:
  InputsBuilder(const InputOptions& options, const Function& function)
      : options_(options), arguments_(function, options.unpack) {}

  /// @return what is wrong with the word
  std::optional<TextError> add(std::string_view word) {
    if (word == "-") return add_standard_input();
    auto input = parse_word(word);
    if (!input) return std::move(input.error());
    return std::visit([&](auto&& parsed) { return add_parsed(std::forward<decltype(parsed)>(parsed)); },
                      std::move(*input));
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

  std::optional<TextError> add_parsed(IntRange range) {
    std::string value;
    wire::ValueWriter(value).integer(range[0]);
    if (auto error = bind_first(value, {})) return error;
    return push(std::make_unique<RangeInputs>(arguments_, range));
  }

  std::optional<TextError> add_parsed(Product product) {
    std::string value;
    product.assign(0, value);
    if (auto error = bind_first(value, product.defect())) return error;
    return push(std::make_unique<ProductInputs>(arguments_, std::move(product)));
  }

  std::optional<TextError> add_standard_input() {
    if (std::exchange(reads_stdin_, true)) return TextError{"standard input can be read once, but `-` stands twice", 0};
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
  CallList* list_ = nullptr;  // the last of sources_, where that is one
  bool reads_stdin_ = false;
  Task task_;
};

}  // namespace

SourceOrError open_inputs(const InputOptions& options, const Function& function) {
  InputsBuilder builder(options, function);
  for (std::size_t i = 1; i < options.words.size(); ++i) {
    if (const auto error = builder.add(options.words[i])) {
      return tl::unexpected(word_error("input", i, options.words[i], *error));
    }
  }
  return builder.finish();
}

}  // namespace prun
