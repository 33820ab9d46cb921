// Writes the manual page: generate_man_page TEMPLATE OUTPUT. The build runs it; it is not installed.
#include "man/man_page.hpp"

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("usage: generate_man_page TEMPLATE OUTPUT");
  std::ifstream in(argv[1], std::ios::binary);
  const std::string page_template{std::istreambuf_iterator<char>(in), {}};
  std::ofstream out(argv[2], std::ios::binary);
  out << prun::app::man_page(page_template);
  out.close();
  if (!in || !out) throw std::runtime_error("cannot read " + std::string(argv[1]) + " or write " + argv[2]);
  return 0;
} catch (const std::exception& e) {
  std::cerr << "generate_man_page: " << e.what() << '\n';
  return 1;
}
