# Run by ctest: compiles each CASE of refusals.cpp. The first error must be prun's own, short, and say what it should.
cmake_minimum_required(VERSION 3.22)

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/refusals.cpp cases REGEX "^#(el)?if CASE == ")
foreach(line IN LISTS cases)
  string(REGEX MATCH "CASE == ([0-9]+)( *// (.*))?$" ignored "${line}")
  set(number ${CMAKE_MATCH_1})
  set(expected "${CMAKE_MATCH_3}")
  execute_process(COMMAND ${cxx} -std=c++20 -fsyntax-only -DCASE=${number} -I ${include}
                          ${CMAKE_CURRENT_LIST_DIR}/refusals.cpp
                  RESULT_VARIABLE result ERROR_VARIABLE errors)
  string(REPLACE ";" "," errors "${errors}")  # or a message would be several elements of a list
  string(REGEX MATCHALL "error:[^\n]*" all "${errors}")
  list(LENGTH all count)
  if(number EQUAL 0)
    if(NOT result EQUAL 0)
      message(FATAL_ERROR "case 0 must compile:\n${errors}")
    endif()
  elseif(NOT count EQUAL 1 OR NOT all MATCHES "error: static[ _]assert[a-z]* failed.*prun: .*${expected}")
    message(FATAL_ERROR "case ${number} must fail with one error of prun's that says '${expected}', not:\n${errors}")
  endif()
endforeach()
