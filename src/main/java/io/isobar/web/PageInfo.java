package io.isobar.web;

/**
 * Where a page stands in its list.
 *
 * @param number from 0
 * @param size the most rows it can have
 */
public record PageInfo(int number, int size, long totalElements, long totalPages) {

	public static PageInfo of(int number, int size, long totalElements) {
		return new PageInfo(number, size, totalElements, (totalElements + size - 1) / size);
	}

}
