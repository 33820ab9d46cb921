// Tasks from inputs that are known at the start: ranges and products, generated on demand, and a list of calls. They do not
// know words or files. The code that makes a source binds its first task, so no task of it can be bad.
#pragma once

#include "input/task_source.hpp"
#include "input/words/arguments.hpp"
#include "input/words/word.hpp"
#include "task/range.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun {

/// A source that cannot fail.
class KnownSource : public TaskSource {
 public:
  [[nodiscard]] const InputError& error() const final { return none_; }

 private:
  InputError none_;
};

/// An element of a range: an integer, or its digits for a string parameter.
void append_integer(wire::ValueWriter& writer, std::int64_t number, InputForm form);

/// Each integer of a range as one input.
class RangeInputs final : public KnownSource {
 public:
  RangeInputs(const Arguments& arguments, const IntRange& range) : arguments_(arguments), range_(range) {}

  Pull next(Task& task) override;
  std::optional<RangeOfTasks> next_range(std::uint64_t max) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return range_.count - at_; }

 private:
  Arguments arguments_;
  IntRange range_;
  std::uint64_t at_ = 0;
};

/// Each element of a range of other kinds than integers as one input.
class TextRangeInputs final : public KnownSource {
 public:
  TextRangeInputs(const Arguments& arguments, const TextRange& range) : arguments_(arguments), range_(range) {}

  Pull next(Task& task) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return range_.numbers.count - at_; }

 private:
  Arguments arguments_;
  TextRange range_;
  std::uint64_t at_ = 0;
  std::string value_;
};

/// Each element of a Cartesian product as one input.
class ProductInputs final : public KnownSource {
 public:
  ProductInputs(const Arguments& arguments, Product product);

  Pull next(Task& task) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return product_.count - at_; }

 private:
  Arguments arguments_;
  Product product_;
  std::uint64_t at_ = 0;
  std::string value_;
};

/// Calls one by one, packed, because there may be as many as a command line can hold.
class CallList final : public KnownSource {
 public:
  /// @param task must be bound
  void add(const Task& task);

  Pull next(Task& task) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return calls_.size() - at_; }

 private:
  struct Entry {
    const Function* function;
    std::size_t args_end;    // in args_; they begin at the end of the previous call
    std::size_t kwargs_end;  // in kwargs_, likewise: for open signatures
    std::size_t defect_end;  // in defects_, likewise
  };

  std::vector<Entry> calls_;
  std::string args_;
  std::string kwargs_;
  std::string defects_;
  std::size_t at_ = 0;
  std::size_t args_at_ = 0;
  std::size_t kwargs_at_ = 0;
  std::size_t defect_at_ = 0;
};

}  // namespace prun
