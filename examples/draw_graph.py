"""The lesson's graph and its network as pictures, put into the folder where this is run."""

from micrograd_sq import draw_dot, draw_network, statquest

net = statquest.network(b3=0.0)
b3 = net["b3"]  # the one still to find; the other six are optimised

loss = statquest.loss(net)
loss.backward()

graph = draw_dot(loss, optimised=net.parameters(), to_find=[b3], highlight=b3)
print("wrote", graph.render(outfile="ssr.svg", cleanup=True))

network = draw_network(net, optimised=net.parameters(), to_find=[b3])
print("wrote", network.render(outfile="network.svg", cleanup=True))
