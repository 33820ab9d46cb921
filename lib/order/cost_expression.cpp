// See cost_expression.hpp.
#include "order/cost_expression.hpp"

#include "wire/value.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

namespace prun::order {
namespace {

constexpr int most_nested = 100;

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// The position of argument `number`, which is there.
tl::expected<wire::ValueReader, std::string> argument_of(std::string_view args, std::uint32_t number) {
  wire::ValueReader reader(args);
  const std::uint32_t count = reader.array();
  if (number > count) {
    return tl::unexpected("the task has " + std::to_string(count) + (count == 1 ? " argument" : " arguments") +
                          ", so there is no $" + std::to_string(number));
  }
  for (std::uint32_t i = 1; i < number; ++i) static_cast<void>(reader.skip());
  return reader;
}

tl::expected<double, std::string> number_of(std::string_view args, std::uint32_t argument) {
  auto reader = argument_of(args, argument);
  if (!reader) return tl::unexpected(std::move(reader.error()));
  const std::string name = "$" + std::to_string(argument);
  switch (const wire::Kind kind = reader->peek()) {
    case wire::Kind::integer: return static_cast<double>(reader->integer());
    case wire::Kind::unsigned_integer: return static_cast<double>(reader->unsigned_integer());
    case wire::Kind::floating: return reader->floating();
    case wire::Kind::decimal:
    case wire::Kind::string: {
      const std::string_view text = kind == wire::Kind::string ? reader->string() : reader->decimal();
      if (const auto number = number_in(text)) return *number;
      return tl::unexpected(name + " is '" + std::string(text) + "', which is not a number");
    }
    default: return tl::unexpected(name + " is " + wire::name_of(kind) + ", not a number");
  }
}

tl::expected<double, std::string> size_of_file(std::string_view args, std::uint32_t argument) {
  auto reader = argument_of(args, argument);
  if (!reader) return tl::unexpected(std::move(reader.error()));
  const wire::Kind kind = reader->peek();
  if (kind != wire::Kind::string && kind != wire::Kind::binary) {
    return tl::unexpected("$" + std::to_string(argument) + " is " + wire::name_of(kind) + ", not the name of a file");
  }
  const std::string path(kind == wire::Kind::string ? reader->string() : reader->binary());
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0) return static_cast<double>(about.st_size);
  return tl::unexpected("the size of '" + path + "' cannot be read: " + std::strerror(errno));
}

}  // namespace

/// Descends through the grammar, and writes the program as it goes.
class CostParser {
 public:
  explicit CostParser(std::string_view text) : text_(text) {}

  tl::expected<CostExpression, std::string> operator()() {
    if (sum() && !at_end()) fail("an operator or the end");
    if (!problem_.empty()) return tl::unexpected(std::move(problem_));
    return std::move(result_);
  }

 private:
  using Step = CostExpression::Step;

  bool fail(std::string_view expected) {
    if (problem_.empty()) problem_ = std::string(expected) + " is expected at character " + std::to_string(at_ + 1);
    return false;
  }
  bool at_end() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ == text_.size();
  }
  bool take(std::string_view token) {
    if (at_end() || !text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  bool write(Step step) {
    result_.program_.push_back({step});
    return true;
  }

  bool sum() {
    if (!product()) return false;
    for (;;) {
      const bool plus = take("+");
      if (!plus && !take("-")) return true;
      if (!product()) return false;
      write(plus ? Step::add : Step::subtract);
    }
  }
  bool product() {
    if (!power()) return false;
    for (;;) {
      const bool times = take("*");
      if (!times && !take("/")) return true;
      if (!power()) return false;
      write(times ? Step::multiply : Step::divide);
    }
  }
  bool power() {
    if (++nested_ > most_nested) return fail("an expression with less nesting");
    const bool whole =
        take("-") ? power() && write(Step::negate) : primary() && (!take("^") || (power() && write(Step::power)));
    --nested_;
    return whole;
  }
  bool primary() {
    if (take("(")) return sum() && (take(")") || fail("')'"));
    if (take("size")) {
      if (!take("(")) return fail("'('");
      if (!take("$")) return fail("an argument such as $1");
      return argument(Step::file_size) && (take(")") || fail("')'"));
    }
    return take("$") ? argument(Step::argument) : number();
  }
  bool argument(Step step) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc{} || number == 0) return fail("the number of an argument, from 1,");
    at_ = static_cast<std::size_t>(end - text_.data());
    result_.program_.push_back({step, 0, number});
    return true;
  }
  bool number() {
    double number = 0;
    const bool digit = !at_end() && (text_[at_] == '.' || (text_[at_] >= '0' && text_[at_] <= '9'));
    if (!digit) return fail("a number, $1, size($1) or '('");
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc{}) return fail("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    result_.program_.push_back({Step::number, number});
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int nested_ = 0;
  std::string problem_;
  CostExpression result_;
};

tl::expected<CostExpression, std::string> CostExpression::parse(std::string_view text) { return CostParser(text)(); }

tl::expected<double, std::string> CostExpression::value_for(std::string_view args) const {
  std::vector<double> stack;
  for (const Instruction& instruction : program_) {
    switch (instruction.step) {
      case Step::number: stack.push_back(instruction.number); continue;
      case Step::argument:
      case Step::file_size: {
        auto value = instruction.step == Step::argument ? number_of(args, instruction.argument)
                                                        : size_of_file(args, instruction.argument);
        if (!value) return value;
        stack.push_back(*value);
        continue;
      }
      case Step::negate: stack.back() = -stack.back(); continue;
      default: break;
    }
    const double right = stack.back();
    stack.pop_back();
    double& left = stack.back();
    switch (instruction.step) {
      case Step::add: left += right; break;
      case Step::subtract: left -= right; break;
      case Step::multiply: left *= right; break;
      case Step::divide: left /= right; break;
      default: left = std::pow(left, right); break;
    }
  }
  return stack.back();
}

tl::expected<TaskCosts::Cost, std::string> ExpressionCosts::cost_of(const Task& task) {
  const auto value = expression_.value_for(task.args);
  if (!value) return tl::unexpected(value.error());
  if (!std::isfinite(*value)) return tl::unexpected(std::string("the result is not a finite number"));
  return Cost(*value);
}

}  // namespace prun::order
