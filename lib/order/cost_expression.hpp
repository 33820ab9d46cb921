// `--cost EXPR`: arithmetic over the arguments of a task.
//
//   sum     := product (('+' | '-') product)*
//   product := power (('*' | '/') power)*
//   power   := '-' power | primary ('^' power)?
//   primary := NUMBER | '$' N | 'size' '(' '$' N ')' | '(' sum ')'
//
// $N is argument N of the task, from 1: a number, or a string that is one. size($N) is the size in bytes of the file that argument
// N names. It does not know who uses the cost.
#pragma once

#include "order/task_costs.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::order {

class CostExpression final {
 public:
  /// The error says what is expected, and at which character.
  static tl::expected<CostExpression, std::string> parse(std::string_view text);

  /// @param args the arguments, as a Task has them
  [[nodiscard]] tl::expected<double, std::string> value_for(std::string_view args) const;

 private:
  friend class CostParser;
  enum class Step : std::uint8_t { number, argument, file_size, negate, add, subtract, multiply, divide, power };
  /// A machine with a stack: operators take their operands from it.
  struct Instruction {
    Step step = Step::number;
    double number = 0;           ///< of `number`
    std::uint32_t argument = 0;  ///< of `argument` and `file_size`, from 1
  };
  std::vector<Instruction> program_;
};

/// The costs of `--cost`.
class ExpressionCosts final : public TaskCosts {
 public:
  explicit ExpressionCosts(CostExpression expression) : expression_(std::move(expression)) {}
  [[nodiscard]] tl::expected<Cost, std::string> cost_of(const Task& task) override;

 private:
  CostExpression expression_;
};

}  // namespace prun::order
