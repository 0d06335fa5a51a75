/// Tables in memory, cell by cell: problems are named by file, line and column.
@NullMarked
package dev.ratematch.costmodel.table;

import org.jspecify.annotations.NullMarked;
