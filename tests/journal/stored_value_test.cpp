// Values as columns: readable where they can be, and always back exactly.
#include "journal/stored_value.hpp"

#include "journal/journal_support.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

using namespace prun;
using namespace prun::test;

namespace {

struct Column {
  journal::Database database{":memory:", SQLITE_OPEN_READWRITE};
  Column() { database.execute("CREATE TABLE t (v)"); }

  /// What SQL says of the stored value: its type and its text.
  std::string store(std::string_view value) {
    database.execute("DELETE FROM t");
    journal::Statement insert = database.prepare("INSERT INTO t VALUES (?1)");
    std::string text;
    journal::bind_value(insert, 1, value, text);
    insert.run();
    journal::Statement row =
        database.prepare("SELECT typeof(v) || ' ' || CASE typeof(v) WHEN 'blob' THEN hex(v) ELSE v END FROM t");
    row.step();
    return std::string(row.bytes(0));
  }
  std::string load() {
    journal::Statement row = database.prepare("SELECT v FROM t");
    row.step();
    std::string value;
    journal::append_value(row, 0, value);
    return value;
  }
};

std::string floating(double number) {
  std::string value;
  wire::ValueWriter(value).floating(number);
  return value;
}

}  // namespace

TEST_CASE("numbers are stored as numbers, anything else as JSON") {
  Column column;
  CHECK(column.store(json_value("-7")) == "integer -7");
  CHECK(column.store(json_value("2.5")) == "real 2.5");
  CHECK(column.store(json_value("\"a b\"")) == "text \"a b\"");
  CHECK(column.store(json_value("null")) == "text null");
  CHECK(column.store(json_value("[1,{\"a\":true}]")) == "text [1,{\"a\":true}]");
  CHECK(column.store(json_value("18446744073709551615")) == "text 18446744073709551615");
}

TEST_CASE("every value comes back as it was") {
  Column column;
  std::string bytes_that_are_no_text;
  wire::ValueWriter(bytes_that_are_no_text).string(std::string_view("\xff\x00\xfe", 3));
  std::string nan_within;
  wire::ValueWriter writer(nan_within);
  writer.array(1);
  writer.floating(std::nan(""));
  const std::string values[] = {json_value("9223372036854775807"),
                                json_value("-9223372036854775808"),
                                json_value("18446744073709551615"),
                                json_value("4.0"),
                                json_value("0.1"),
                                floating(-0.0),
                                floating(std::nan("")),
                                floating(std::numeric_limits<double>::infinity()),
                                json_value("\"\\u0000\""),
                                json_value("\"\""),
                                json_value("[]"),
                                json_value("{\"b\":1,\"a\":2}"),
                                json_value("[[[1.5e300]]]"),
                                value(std::string(3'000'000, 'x')),
                                bytes_that_are_no_text,
                                nan_within};
  for (const std::string& given : values) {
    column.store(given);
    CHECK(column.load() == given);
  }
}

TEST_CASE("a column that holds no value is told") {
  Column column;
  column.database.execute("INSERT INTO t VALUES (x'c1')");
  CHECK_THROWS_AS(column.load(), wire::DecodeError);
  column.database.execute("UPDATE t SET v = 'not JSON'");
  CHECK_THROWS_AS(column.load(), wire::DecodeError);
}

TEST_CASE("integers that are not written in their shortest form come back byte for byte") {
  Column column;
  const std::string array("\x91\xcd\x00\x05", 4);  // [5], in 16 bits
  CHECK(column.store(array).starts_with("blob "));
  CHECK(column.load() == array);
  CHECK(column.store(json_value("[5,null,\"a\\\"b\",[true]]")) == "text [5,null,\"a\\\"b\",[true]]");
}
