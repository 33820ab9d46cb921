// Records of comma-separated values, as inputs of commands.
#include "input/commands/csv_rows.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace prun;

namespace {

/// Lines that are there already.
class Lines final : public InputRows {
 public:
  explicit Lines(std::vector<std::string> lines) : lines_(std::move(lines)) {}
  Pull next(InputRow& row) override {
    if (at_ == lines_.size()) return Pull::end;
    row.assign(1, lines_[at_++]);
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  InputError none_;
};

using Rows = std::vector<InputRow>;

/// A bad record is a row of its message.
Rows rows(std::vector<std::string> lines) {
  CsvRows csv(std::make_unique<Lines>(std::move(lines)));
  Rows all;
  InputRow row;
  for (Pull pull = csv.next(row); pull != Pull::end; pull = csv.next(row)) {
    all.push_back(pull == Pull::task ? row : InputRow{"bad: " + csv.error().message});
  }
  return all;
}

}  // namespace

TEST_CASE("fields are separated by commas, and quotes keep what they hold") {
  CHECK(csv_fields("a,b c,,").value() == InputRow{"a", "b c", "", ""});
  CHECK(csv_fields(R"("a,b","say ""hi""","")").value() == InputRow{"a,b", "say \"hi\"", ""});
  CHECK(csv_fields(" a , b").value() == InputRow{" a ", " b"});
}

TEST_CASE("wrong quotes are explained") {
  CHECK(csv_fields("\"a").error() == "a quoted field has no closing quote");
  CHECK(csv_fields("\"a\"b").error() == "text follows the closing quote of a field");
  CHECK(csv_fields("a\"b\"").error() == "a field with a quote must be in quotes, with each quote in it written twice");
}

TEST_CASE("a quoted field may go over several lines, and empty ones belong to it") {
  CHECK(rows({"1,\"a", "", "b\"", "2,c"}) == Rows{{"1", "a\n\nb"}, {"2", "c"}});
  CHECK(rows({"\"a\r", "b\",c\r", "d\r"}) == Rows{{"a\r\nb", "c"}, {"d"}});
}

TEST_CASE("empty lines between records are skipped") { CHECK(rows({"", "a", "\r", "b", ""}) == Rows{{"a"}, {"b"}}); }

TEST_CASE("a bad record is named by its first line, and reading continues with the next record") {
  CHECK(rows({"a", "b\"\"", "c"}) ==
        Rows{{"a"},
             {"bad: line 2: a field with a quote must be in quotes, with each quote in it written twice, so the record "
              "cannot be read as CSV"},
             {"c"}});
  CHECK(rows({"a", "\"b", "c"}).back() ==
        InputRow{"bad: line 2: a quoted field has no closing quote, so the record cannot be read as CSV"});
}
